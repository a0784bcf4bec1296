import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestStack } from '../../../e2e/test-stack.ts';
import { stackImages } from '../../../e2e/run-images.ts';
import type { Figure } from '../../figures/figure.ts';
import { summarizeRatios } from '../../figures/paired-ratio.ts';
import { TARGETS } from '../../figures/target.ts';
import { openComposeProject } from './compose-project.ts';

const PAIRS = 7;
const ASK_EVERY_MS = 20;
/** Compose returns before its app serves. */
const DEADLINE_MS = 60_000;
const ROW = { userId: '1', guildId: '1', status: 'online' };

/** The tables of the commands. */
export const COMMAND_RATIOS = { table: 'The commands beside others', column: 'ratio' };
export const COMMAND_FIGURES = { table: 'The commands', column: 'median' };

interface FirstRow {
  readonly stack: TestStack;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Measures how long it takes from nothing but the images until the app has written a row: by `up`,
 * and by docker-compose with the same containers. Our environment is left up.
 */
export async function benchFirstRow({ stack, report, signal }: FirstRow): Promise<Figure[]> {
  const compose = await openComposeProject({
    name: `${stack.name}-compose`,
    rootSecret: randomBytes(32).toString('hex'),
    settings: {
      target: 'docker',
      credentialsVersion: 1,
      app: { port: stack.appPort },
      pooler: { publishPort: stack.poolerPort },
      postgres: { protect: false },
      redis: { protect: false },
    },
    images: await stackImages(),
    report,
  });
  const sides = {
    ours: { up: () => stack.mustRun('up'), down: () => stack.mustRun('down') },
    compose,
  };
  const times: { ours: number; compose: number }[] = [];
  try {
    for (let pair = 0; pair < PAIRS; pair += 1) {
      report(`pair ${pair + 1} of ${PAIRS}`);
      const found = { ours: NaN, compose: NaN };
      for (const side of pair % 2 === 0
        ? (['compose', 'ours'] as const)
        : (['ours', 'compose'] as const)) {
        signal.throwIfAborted();
        found[side] = await secondsUntilRow(stack.appUrl, sides[side].up);
        await sides[side].down();
      }
      times.push(found);
    }
    await stack.mustRun('up');
  } finally {
    await compose.close();
  }
  return [
    {
      ...COMMAND_RATIOS,
      row: 'time from images to the first row, up / docker-compose',
      value: summarizeRatios(times.map(({ ours, compose: theirs }) => ours / theirs)),
      target: TARGETS.firstRow,
    },
    {
      ...COMMAND_FIGURES,
      row: 'seconds from images to the first row, up',
      value: summarizeRatios(times.map(({ ours }) => ours)),
    },
    {
      ...COMMAND_FIGURES,
      row: 'seconds from images to the first row, docker-compose',
      value: summarizeRatios(times.map(({ compose: theirs }) => theirs)),
    },
  ];
}

/** Starts an environment and asks its app to write a row until it does. */
async function secondsUntilRow(url: string, up: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  let isUp = false;
  const starting = up().finally(() => {
    isUp = true;
  });
  const writing = (async () => {
    while (!(await writesRow(url))) {
      if (isUp && performance.now() - startedMs > DEADLINE_MS) throw new Error(`no row at ${url}`);
      await sleep(ASK_EVERY_MS);
    }
    return (performance.now() - startedMs) / 1_000;
  })();
  const [seconds] = await Promise.all([writing, starting]);
  return seconds;
}

async function writesRow(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/presence`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ROW),
      signal: AbortSignal.timeout(5_000),
    });
    return response.status === 201;
  } catch {
    return false;
  }
}
