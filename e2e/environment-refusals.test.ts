import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await openTestStack('refusals');
}, 120_000);

afterAll(() => stack.close(), 60_000);

test('up refuses all faults at once with a way out, exits 2 and touches nothing', async () => {
  stack.configure({ app: { poolMax: 200, lgoFormat: 'json' } });
  await expectRefused([
    'refused for 2 reasons',
    'Did you mean app.logFormat?',
    'app.poolMax: got 1 app instance x 200 (app.poolMax)',
    'Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.',
  ]);
}, 60_000);

test('up refuses an image that nobody can pull in the same way', async () => {
  stack.configure({ images: { redis: '127.0.0.1:1/team/redis:1' } });
  await expectRefused([
    'images.redis: got 127.0.0.1:1/team/redis:1, which Docker cannot pull: ',
    'Log in to its registry (docker login)',
  ]);
}, 60_000);

test('a plain pulumi up refuses the same settings by the same words', async () => {
  stack.configure({ app: { poolMax: 200 } });
  const { exitCode, stdout, stderr } = await stack.pulumi('up', '--yes', '--skip-preview');
  expect(exitCode).not.toBe(0);
  expect(`${stdout}${stderr}`).toContain(
    'Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.',
  );
  expect((await stack.containers()).size).toBe(0);
}, 60_000);

test('an option that does not exist is refused with the usage', async () => {
  const { exitCode, stderr } = await stack.run('up', '--no-such-option');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Usage: npm run up [-- STACK] [--yes]');
}, 60_000);

test('a cluster without images to pull is refused before anything is touched', async () => {
  stack.configure({
    target: 'kubernetes',
    pooler: { publishPort: 'off' },
    images: { app: 'registry/app:1' },
  });
  const { exitCode, stderr } = await stack.run('up');
  expect(exitCode).toBe(2);
  for (const name of ['postgres', 'pgbouncer', 'redis'])
    expect(stderr).toContain(`images.${name}: got nothing; allowed: a reference`);
  expect(stderr).not.toContain('images.app');
}, 60_000);

test('a root secret that is too short is refused without showing it', async () => {
  stack.configure();
  await stack.pulumi('config', 'set', '--secret', 'rootSecret', 'only-twenty-letters!');
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('rootSecret: got 20 characters; allowed: at least 32 characters.');
  expect(`${stdout}${stderr}`).not.toContain('only-twenty-letters!');
}, 60_000);

async function expectRefused(parts: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await stack.run('up');
  expect(exitCode).toBe(2);
  for (const part of parts) expect(stderr).toContain(part);
  expect((await stack.containers()).size).toBe(0);
  const { stdout } = await stack.pulumi('stack', 'export');
  expect(
    (JSON.parse(stdout) as { deployment: { resources?: unknown[] } }).deployment.resources ?? [],
  ).toEqual([]);
}
