import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput } from '../../e2e/docker.ts';
import { startLoad, type LoadRequest, type Outcome } from '../../e2e/keep-alive-load.ts';
import type { Bench, Measured } from '../bench.ts';
import type { Figure } from '../figures/figure.ts';
import { removeContainers } from '../servers/bench-servers.ts';
import { startOurs, startPeer, type MeasuredApp } from '../servers/measured-app.ts';
import { SEEDED } from '../servers/seed.ts';

const SIDES = ['ours', 'stock, Node 24'] as const;
type SideName = (typeof SIDES)[number];

const REPETITIONS = 3;
const CLIENTS = 16;
/** Of each client: so that a quick refusal is not counted a thousand times. */
const EVERY_MS = 40;
const BEFORE_MS = 1_000;
/** Everything has been answered for so long: it is over. */
const STABLE_MS = 3_000;
const PATIENCE_MS = 40_000;
const POOLER = 'common-recovery';

const { readUsers, countedGuild, writtenUsers, busyGuild } = SEEDED;

/** The mixed load. */
function requestOf(count: number): LoadRequest {
  const at = (list: readonly string[]): string => list[count % list.length] ?? '';
  if (count % 3 === 0) return { method: 'GET', path: `/api/presence/${at(readUsers)}` };
  if (count % 3 === 1) return { method: 'GET', path: `/api/guilds/${countedGuild}/online` };
  const body = { userId: at(writtenUsers), guildId: busyGuild, status: 'online' };
  return { method: 'POST', path: '/api/presence', body };
}

/** How long a restart of a server is felt, by our app and by the stock one at the same time. */
export async function benchRecovery({ servers, report, signal }: Bench): Promise<Measured> {
  const { live } = servers;
  const commonPooler = await servers.openCommonPooler(POOLER);
  const apps: Readonly<Record<SideName, MeasuredApp>> = {
    ours: await startOurs(servers),
    'stock, Node 24': await startPeer(servers, {
      program: 'stock',
      node: 'node-24',
      pooler: POOLER,
    }),
  };
  const faults = {
    'Postgres restarts': [live.postgres],
    'PgBouncer restarts': [live.pgbouncer, commonPooler],
    'Redis restarts': [live.redis],
  };
  const figures: Figure[] = [];
  for (const [row, containers] of Object.entries(faults)) {
    const felt: Readonly<Record<SideName, Felt[]>> = { ours: [], 'stock, Node 24': [] };
    for (let count = 1; count <= REPETITIONS; count += 1) {
      signal.throwIfAborted();
      report(`${row}, ${count} of ${REPETITIONS}`);
      const both = await feelRestart(apps, containers);
      for (const side of SIDES) felt[side].push(both[side]);
    }
    for (const side of SIDES) figures.push(...describe(row, side, felt[side]));
  }
  await removeContainers([commonPooler, ...SIDES.map((side) => apps[side].id)]);
  return { figures };
}

interface Felt {
  /** From the restart until nothing fails any more. */
  readonly seconds: number;
  readonly failed: number;
}

async function feelRestart(
  apps: Readonly<Record<SideName, MeasuredApp>>,
  containers: readonly string[],
): Promise<Readonly<Record<SideName, Felt>>> {
  const loads = SIDES.map((side) => {
    const { host, port } = apps[side].target;
    return startLoad({
      url: `http://${host}:${port}`,
      clients: CLIENTS,
      everyMs: EVERY_MS,
      next: requestOf,
      whenSentAway: 'reconnect',
    });
  });
  await sleep(BEFORE_MS);
  const restartedAtMs = Date.now();
  await dockerOutput('restart', ...containers);
  const isStable = (outcomes: readonly Outcome[]): boolean => {
    const since = Date.now() - STABLE_MS;
    const recent = outcomes.filter((outcome) => endOf(outcome) > since);
    return recent.length > CLIENTS && !recent.some(isFelt) && restartedAtMs < since;
  };
  while (
    !loads.every(({ outcomes }) => isStable(outcomes)) &&
    Date.now() - restartedAtMs < PATIENCE_MS
  )
    await sleep(200);
  const [ours, stock] = await Promise.all(
    loads.map(async (load) => feltIn(await load.stop(), restartedAtMs)),
  );
  if (ours === undefined || stock === undefined) throw new Error('a load gave nothing');
  return { ours, 'stock, Node 24': stock };
}

/** Longer than any answer takes without a fault. */
const LATE_MS = 500;

const endOf = ({ startedAtMs, tookMs }: Outcome): number => startedAtMs + tookMs;
const isFailed = ({ answer }: Outcome): boolean => answer === undefined || answer.status >= 400;
const isFelt = (outcome: Outcome): boolean => isFailed(outcome) || outcome.tookMs > LATE_MS;

export function feltIn(outcomes: readonly Outcome[], restartedAtMs: number): Felt {
  const after = outcomes.filter((outcome) => endOf(outcome) >= restartedAtMs);
  const lastMs = Math.max(restartedAtMs, ...after.filter(isFelt).map(endOf));
  return { seconds: (lastMs - restartedAtMs) / 1_000, failed: after.filter(isFailed).length };
}

function describe(row: string, side: SideName, felt: readonly Felt[]): readonly Figure[] {
  const figure = (column: string, by: (one: Felt) => number): Figure => {
    const sorted = felt.map(by).sort((left, right) => left - right);
    return {
      table: `Recovery, the middle and the range of ${REPETITIONS} restarts under load`,
      row: `${row}, ${side}`,
      column,
      value: {
        median: sorted[Math.floor(sorted.length / 2)] ?? NaN,
        low: sorted[0] ?? NaN,
        high: sorted.at(-1) ?? NaN,
        pairs: sorted.length,
      },
    };
  };
  return [
    figure('seconds until nothing is late or fails', ({ seconds }) => seconds),
    figure('failed requests', ({ failed }) => failed),
  ];
}
