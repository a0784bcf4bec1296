import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../until.ts';
import { type ClusterStack, openClusterStack, podName, readyPods } from './cluster-stack.ts';
import { testImages } from './test-images.ts';

const TOKEN = 'canary-token-of-a-worker';
/** A worker without a port: every instance writes a row each second. */
const WORK =
  'while sleep 1; do psql -qX "$DATABASE_URL" -c "INSERT INTO beat DEFAULT VALUES"; done';
const MIGRATION = 'CREATE TABLE IF NOT EXISTS beat (at timestamptz DEFAULT now())';

let stack: ClusterStack;

beforeAll(async () => {
  stack = await openClusterStack('other-app');
}, 300_000);
afterAll(() => stack.close(), 300_000);

const count = async (): Promise<number> => Number(await stack.psql('SELECT count(*) FROM beat'));

test('another image runs with its own migrations, a secret and a health command', async () => {
  stack.configure({
    app: {
      // The smallest image of ours that has psql and a shell.
      image: testImages().pgbouncer,
      command: ['bash', '-c', WORK],
      user: 12_345,
      health: { command: ['psql', '--version'] },
      migrate: ['bash', '-c', `psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -c '${MIGRATION}'`],
      secretsAs: 'env',
      poolMax: 1,
    },
    pooler: { poolSize: 5, minPoolSize: 1, reservePoolSize: 0 },
  });
  const path = 'app.secrets.TOKEN';
  await stack.pulumi('config', 'set', '--path', path, '--secret', TOKEN);
  expect(await stack.mustRun('up', '--yes')).toContain('2 of 2 pods of the app are ready');

  expect(await until(count, (rows) => rows >= 4, { timeoutMs: 30_000 })).toBeGreaterThanOrEqual(4);
  const [pod] = await readyPods(stack.api, 'app');
  if (pod === undefined) throw new Error('no pod of the app is ready');
  const inside = { pod: podName(pod), container: 'app' };
  expect((await stack.api.run(inside, ['printenv', 'TOKEN'])).trim()).toBe(TOKEN);
  expect((await stack.api.run(inside, ['cat', '/run/secrets/TOKEN'])).trim()).toBe(TOKEN);
  expect((await stack.api.run(inside, ['id', '-u'])).trim()).toBe('12345');
}, 900_000);

test('its secret is in no pod, job or print, only in the Secrets', async () => {
  const { core, namespace } = stack.api;
  const pods = await core.listNamespacedPod({ namespace });
  expect(pods.items.length).toBeGreaterThan(4);
  expect(JSON.stringify(pods)).not.toContain(TOKEN);
  expect(stack.printed.join('\n')).not.toContain(TOKEN);
}, 60_000);
