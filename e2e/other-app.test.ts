import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, dockerOutput, openDockerScope } from './docker.ts';
import { openTestStack, type TestStack } from './test-stack.ts';

const scope = openDockerScope('other-app');
const image = `${scope.name}/notes:1`;
const notes = { image, health: { path: '/healthz' }, migrate: ['python3', '/notes.py', 'migrate'] };
const CLIENTS = 20;
const ASKED = 20;
const TOKEN = 'canary-token-of-a-bot';

let stack: TestStack;

beforeAll(async () => {
  await dockerOutput('build', '--quiet', '--tag', image, ...scope.labels, 'examples/notes');
  stack = await openTestStack('other-app');
}, 600_000);
afterAll(async () => {
  await stack.close();
  await docker('rmi', '--force', image);
  await scope.close();
}, 120_000);

/** Writes the settings and, since it is in none of them, the secret once more. */
async function configure(app: Readonly<Record<string, unknown>>): Promise<void> {
  stack.configure({ app: { ...notes, ...app } });
  const path = 'app.secrets.TOKEN';
  const set = await stack.pulumi('config', 'set', '--path', path, '--secret', TOKEN);
  expect(set.exitCode).toBe(0);
}

const ask = async (path: string, init: RequestInit = {}): Promise<unknown> =>
  (await fetch(`${stack.appUrl}${path}`, init)).json();

/** Mode of the app's pool, as PgBouncer shows it. */
async function poolMode(): Promise<string | undefined> {
  const pools = await stack.console('SHOW POOLS');
  const row = pools.find((line) => line.startsWith('spywatcher|spywatcher|'));
  return row?.split('|').find((field) => ['session', 'transaction'].includes(field));
}

/** How many answers were not what their client had asked for. */
async function countWrongAnswers(): Promise<number> {
  const client = async (index: number): Promise<number> => {
    let wrong = 0;
    for (let count = 0; count < ASKED; count += 1) {
      const text = `client-${index}-question-${count}`;
      if ((await ask(`/echo/${text}`)) !== text) wrong += 1;
    }
    return wrong;
  };
  const counts = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  return counts.reduce((sum, count) => sum + count, 0);
}

test('an image that is not ours is brought up with its schema, and answers rightly', async () => {
  await configure({ driver: 'psycopg', env: { GREETING: 'hello' } });
  expect(await stack.mustRun('up')).toContain(`${image} is healthy`);
  expect(await ask('/notes', { method: 'POST', body: 'first' })).toBe(1);
  expect(await stack.psqlDirect('SELECT text FROM note')).toBe('first');
  expect(await poolMode()).toBe('transaction');
  expect(await countWrongAnswers()).toBe(0);
}, 400_000);

test('its secret reaches it as a file, and stands in no inspect, log or state', async () => {
  const app = stack.containerName('app');
  expect(await dockerOutput('exec', app, 'cat', '/run/secrets/TOKEN')).toBe(TOKEN);
  expect(await dockerOutput('exec', app, 'printenv', 'TOKEN_FILE', 'GREETING')).toBe(
    '/run/secrets/TOKEN\nhello',
  );
  const containers = [...(await stack.containers()).values()];
  const { stdout: state } = await stack.pulumi('stack', 'export');
  expect(state).toContain('app-files');
  const logs = await Promise.all(containers.map((id) => docker('logs', id)));
  const everything = [
    await dockerOutput('inspect', ...containers),
    state,
    ...logs.map(({ stdout, stderr }) => stdout + stderr),
    ...stack.printed,
  ].join('\n');
  expect(everything).not.toContain(TOKEN);
}, 120_000);

test('without a named driver each client keeps its server connection', async () => {
  await configure({});
  await stack.mustRun('up');
  expect(await ask('/notes')).toBe(1);
  expect(await poolMode()).toBe('session');
  expect(await countWrongAnswers()).toBe(0);
}, 400_000);

test('migrations that fail fail the update by their own words, and the app goes on', async () => {
  await configure({ migrate: ['python3', '-c', 'raise SystemExit("the table is in the way")'] });
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain('the table is in the way');
  expect(await ask('/notes')).toBe(1);
}, 400_000);
