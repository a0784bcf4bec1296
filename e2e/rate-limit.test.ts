import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput, openDockerScope, untilHealth } from './docker.ts';
import { ask, openLiveEnvironment, type LiveApp, type LiveEnvironment } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { until } from './until.ts';

const scope = openDockerScope('rate-limit');

const LIMIT = 600;
/** What may be missing of the limit, because instances hold it in hand. */
const MIN_SHARE = 0.97;
const WINDOW_MS = 60_000;
/** Outlasts a pause of Redis on a busy machine; by default an app counts alone after 100 ms. */
const PATIENT_MS = '2900';
/** Longer than a test takes. */
const ROOM_MS = 30_000;

let live: LiveEnvironment;
let apps: LiveApp[];

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials);
}, 300_000);
afterAll(() => scope.close(), 60_000);

beforeEach(async () => {
  await forgetAllInRedis();
  const variables = {
    PUBLIC_RATE_LIMIT_PER_MINUTE: `${LIMIT}`,
    REDIS_COMMAND_TIMEOUT_MS: PATIENT_MS,
  };
  apps = await Promise.all([1, 2, 3].map(() => live.startApp({ variables })));
  const leftMs = WINDOW_MS - (Date.now() % WINDOW_MS);
  if (leftMs < ROOM_MS) await sleep(leftMs);
}, 120_000);

// They would add their parts to the counts of the next test.
afterEach(() => dockerOutput('rm', '--force', ...apps.map(({ id }) => id)), 60_000);

/** Ends Redis without a chance to save, and starts it with nothing. */
async function forgetAllInRedis(): Promise<void> {
  await dockerOutput('exec', live.redis, 'sh', '-c', 'rm -rf /data/*');
  await dockerOutput('kill', live.redis);
  await dockerOutput('start', live.redis);
  await untilHealth(live.redis, 'healthy');
}

/** Sends each app this many requests, some at a time, and gives how many passed over all. */
async function sendEach(requests: readonly number[]): Promise<number> {
  let passed = 0;
  const send = async (app: LiveApp | undefined, left: { count: number }): Promise<void> => {
    while (app !== undefined && left.count > 0) {
      left.count -= 1;
      const { status } = await ask(app, '/api/guilds/5/online');
      expect([200, 429]).toContain(status);
      if (status === 200) passed += 1;
    }
  };
  await Promise.all(
    requests.flatMap((count, index) => {
      const left = { count };
      return Array.from({ length: 4 }, () => send(apps[index], left));
    }),
  );
  return passed;
}

test('three instances let the limit pass together, and name it in their headers', async () => {
  expect(await sendEach([150, 30, 30])).toBe(210);
  const { headers } = await ask(apps[1] as LiveApp, '/api/guilds/5/online');
  expect(headers.get('ratelimit')).toMatch(/^"public"; r=\d+; t=\d+$/);
  expect(headers.get('ratelimit-policy')).toMatch(/^"public"; q=600; w=60$/);

  const passed = 211 + (await sendEach([250, 250, 250]));
  expect(passed).toBeLessThanOrEqual(LIMIT);
  expect(passed).toBeGreaterThanOrEqual(LIMIT * MIN_SHARE);
}, 60_000);

test('the limit holds through a restart of Redis that loses every count', async () => {
  const before = await sendEach([200, 100, 50]);
  await forgetAllInRedis();
  // Until every app is connected again and asks.
  await until(
    () => Promise.all(apps.map((app) => ask(app, '/readyz'))),
    (answers) => answers.every(({ status }) => status === 200),
  );
  await sleep(2_000);
  const passed = before + (await sendEach([250, 250, 250]));
  expect(passed).toBeLessThanOrEqual(LIMIT);
  expect(passed).toBeGreaterThanOrEqual(LIMIT * MIN_SHARE);
}, 90_000);
