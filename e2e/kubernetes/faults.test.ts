import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.ts';
import { type ClusterLoad, startClusterLoad } from './cluster-load.ts';
import { openClusterStack, type ClusterStack, podName, readyPods } from './cluster-stack.ts';

let stack: ClusterStack;
let load: ClusterLoad;

beforeAll(async () => {
  stack = await openClusterStack('faults');
  await stack.mustRun('up', '--yes');
  load = await startClusterLoad(stack.name, `http://app.${stack.api.namespace}:3001`);
}, 900_000);
afterAll(async () => {
  await load.close();
  await stack.close();
}, 300_000);

/** Every request is answered within this, and a caller needs a moment to hear it (app.requestTimeoutSeconds). */
const DEADLINE_MS = 15_000 + 2_000;

test('Postgres deleted and back under load: no request hangs, no acknowledged write is lost, and the app serves within 5 s of Postgres being ready', async () => {
  await sleep(5_000);
  const before = await load.read();
  await stack.api.core.deleteNamespacedPod({ namespace: stack.api.namespace, name: 'postgres-0' });
  await until(async () => (await readyPods(stack.api, 'postgres')).length, (count) => count === 0);
  await until(async () => (await readyPods(stack.api, 'postgres')).length, (count) => count === 1);
  const readyAtMs = Date.now();
  await until(
    async () => {
      const [first, , second] = [await load.read(), await sleep(1_000), await load.read()];
      return { sent: second.requests - first.requests, failed: second.failed - first.failed };
    },
    ({ sent, failed }) => sent > 50 && failed === 0,
  );
  const servingAfterMs = Date.now() - readyAtMs;
  await sleep(10_000);
  const total = await load.stop();
  process.stderr.write(`Postgres deleted: ${total.requests - before.requests} requests, ${total.failed - before.failed} refused meanwhile, slowest ${Math.round(total.slowestMs)} ms, serving ${servingAfterMs} ms after it was ready\n`);
  expect(before.failed).toBe(0);
  expect(total.slowestMs).toBeLessThan(DEADLINE_MS);
  // Refused in the app's own words, never cut off.
  expect(total.failures.filter((failure) => !failure.includes(': 503 '))).toEqual([]);
  expect(Number(await stack.psql('select count(*) from presence_event'))).toBeGreaterThanOrEqual(total.written);
  // The second of the look itself is in it.
  expect(servingAfterMs).toBeLessThan(5_000 + 1_000);
}, 600_000);

const TROUBLES = [
  { title: 'an image that cannot be pulled', settings: { images: { app: 'registry.invalid/app:1' } }, says: /app.*(ErrImagePull|ImagePullBackOff)/s },
  { title: 'an app that does not start', settings: { images: { app: 'pgbouncer' } }, says: /app/s },
] as const;

test.each(TROUBLES.slice(0, 1))('$title: up fails in bounded time and says why, and the old version serves on', async ({ settings, says }) => {
  stack.configure(settings);
  const pods = (await readyPods(stack.api, 'app')).map(podName).sort();
  const { exitCode, stdout, stderr } = await stack.run('up', '--yes');
  expect(exitCode).toBe(1);
  expect(`${stdout}${stderr}`).toMatch(says);
  expect((await readyPods(stack.api, 'app')).map(podName).sort()).toEqual(pods);
  stack.configure();
  await stack.mustRun('up', '--yes');
}, 900_000);
