import { afterAll, expect, test } from '@jest/globals';
import { byTest, untilHealthy } from '../infra/targets/docker/health.ts';
import { BASE_IMAGE } from '../toolchain/debian/base-image.ts';
import { inspect, openDockerScope } from './docker.ts';

const scope = openDockerScope('health');
afterAll(() => scope.close(), 60_000);

const TEST = ['CMD', 'test', '-f', '/tmp/ready'];

test('a server is healthy once its test passes, however late the engine looks', async () => {
  const server = await scope.run(
    ...['--health-cmd', 'true', '--health-interval', '1h', BASE_IMAGE],
    ...['sh', '-c', 'sleep 1; touch /tmp/ready; sleep 100'],
  );
  await untilHealthy(server, byTest(TEST));
  expect(await inspect(server, '{{.State.Health.Status}}')).toBe('starting');
  await untilHealthy(server, byTest(['CMD-SHELL', 'test -f /tmp/ready && true']));
});

test('one that is late is told of with the last words of its test and its own', async () => {
  const server = await scope.run(BASE_IMAGE, 'sh', '-c', 'echo still loading; sleep 100');
  const shouting = ['CMD-SHELL', 'echo not yet; exit 1'];
  await expect(untilHealthy(server, byTest(shouting), 0.5)).rejects.toThrow(
    `Timed out after 0.5 s waiting for ${server} to be healthy:\n` +
      '  Its health test: not yet\n' +
      '  It is running, restarted 0 times, exit code 0.\n' +
      '  Its last lines:\n' +
      '  still loading',
  );
});

test('one that ends again and again is given up before the time is over', async () => {
  const server = await scope.run(
    ...['--restart', 'unless-stopped', BASE_IMAGE],
    ...['sh', '-c', 'echo a bad setting; exit 3'],
  );
  const error: unknown = await untilHealthy(server, byTest(TEST)).catch(
    (reason: unknown) => reason,
  );
  const [what, state, , ...log] = (error as Error).message.split('\n');
  expect(what).toBe(`${server} ends again and again:`);
  expect(state).toMatch(/^ {2}It is \w+, restarted \d+ times, exit code \d\.$/);
  expect(new Set(log)).toEqual(new Set(['  a bad setting']));
});

test('one that is not there any more is told of by the engine', async () => {
  await expect(untilHealthy(`${scope.name}-gone`, byTest(TEST), 0.5)).rejects.toThrow(
    `No such container: ${scope.name}-gone`,
  );
});
