import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput, inspect } from '../../e2e/docker.ts';
import { runImage } from '../../e2e/run-images.ts';
import { until } from '../../e2e/until.ts';
import type { Bench, Measured } from '../bench.ts';
import type { Figure } from '../figures/figure.ts';
import { summarizeRatios } from '../figures/paired-ratio.ts';
import { openMemoryMeter } from '../rounds/control-group.ts';
import { measureHttp } from '../rounds/http-round.ts';
import { measurePasses } from '../rounds/passes.ts';
import { addressOf, removeContainers } from '../servers/bench-servers.ts';
import { startOurs } from '../servers/measured-app.ts';
import { plainImage } from '../servers/plain-image.ts';
import { LOADS } from './routes/loads.ts';

const SIDES = ['ours', 'plain'] as const;
type SideName = (typeof SIDES)[number];

const PASSES = 6;
const REST_MS = 1_000;
const WORK = { connections: 16, requests: LOADS.mixed, seconds: 3 };
const POLL_MS = 10;

interface Footprint {
  readonly startMs: number;
  readonly atRestMiB: number;
  readonly underLoadMiB: number;
}

/** What an app takes to start and to be there: bundled, and as sources with their packages. */
export async function benchFootprint({ servers, report, signal }: Bench): Promise<Measured> {
  const images: Readonly<Record<SideName, string>> = {
    ours: await runImage('app'),
    plain: await plainImage(report),
  };
  const apps = {
    ours: await startOurs(servers),
    plain: await startOurs(servers, { image: images.plain }),
  };
  const ids = SIDES.map((side) => apps[side].id);
  await dockerOutput('stop', ...ids);
  const measured = await measurePasses({
    sides: SIDES.map((name) => ({
      name,
      instances: [{ containers: [], measure: () => measureFootprint(apps[name].id) }],
    })),
    passes: PASSES,
    report,
    signal,
  });
  await removeContainers(ids);
  const figures: Figure[] = [];
  for (const column of SIDES) {
    const figure = (row: string, value: Figure['value']): Figure => ({
      table: 'What the app takes',
      row,
      column: column === 'ours' ? 'bundle' : 'sources and node_modules',
      value,
    });
    const median = (by: (one: Footprint) => number) =>
      summarizeRatios(measured.map((pass) => by(pass[column])));
    figures.push(
      figure(
        'start until ready, ms',
        median(({ startMs }) => startMs),
      ),
      figure(
        'memory at rest, MiB',
        median(({ atRestMiB }) => atRestMiB),
      ),
      figure(
        'memory under load, MiB',
        median(({ underLoadMiB }) => underLoadMiB),
      ),
      figure('image, MB', Number(await inspect(images[column], '{{.Size}}')) / 1e6),
    );
  }
  return { figures };
}

async function measureFootprint(id: string): Promise<Footprint> {
  const startedAtMs = performance.now();
  await dockerOutput('start', id);
  const target = { host: await addressOf(id), port: 3_001 };
  await until(
    () =>
      fetch(`http://${target.host}:${target.port}/readyz`).then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 200,
    { timeoutMs: 30_000, everyMs: POLL_MS },
  );
  const startMs = performance.now() - startedAtMs;
  await sleep(REST_MS);
  const meter = await openMemoryMeter(id);
  const atRestMiB = meter();
  await measureHttp(target, WORK);
  const underLoadMiB = meter();
  await dockerOutput('stop', id);
  return { startMs, atRestMiB, underLoadMiB };
}
