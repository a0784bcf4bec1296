import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { dockerOutput, inspect, openDockerScope } from './docker.ts';
import { openLivePgbouncer, type LivePgbouncer } from './live-pgbouncer.ts';
import { until } from './until.ts';

const scope = openDockerScope('pgbouncer-reload');
const RELOADER = [
  'sh',
  '/usr/local/lib/pgbouncer-image/reload-on-change.sh',
  '/etc/pgbouncer',
  'pgbouncer',
  '/etc/pgbouncer/pgbouncer.ini',
];
const ini = (poolSize: number): string =>
  `[databases]\n[pgbouncer]\nunix_socket_dir = /run/pgbouncer\nlisten_port = ` +
  `6432\nauth_file = /etc/pgbouncer/userlist.txt\nauth_type = ` +
  `scram-sha-256\nadmin_users = boss\ndefault_pool_size = ${poolSize}\n`;

let pgbouncer: LivePgbouncer;

beforeAll(async () => {
  pgbouncer = await openLivePgbouncer(scope, ini(5), { command: RELOADER });
}, 600_000);
afterAll(() => scope.close(), 60_000);

const poolSize = async (): Promise<string | undefined> =>
  (await pgbouncer.showConfig()).find(({ key }) => key === 'default_pool_size')?.value;
const loaded = (): Promise<string> =>
  dockerOutput('exec', pgbouncer.id, 'cat', '/run/pgbouncer/loaded');
const digestOf = (...contents: string[]): string =>
  createHash('sha256').update(contents.join('')).digest('hex');

test('the pooler itself is process 1, and says which files it began with', async () => {
  expect(await dockerOutput('exec', pgbouncer.id, 'cat', '/proc/1/comm')).toBe('pgbouncer');
  expect(await loaded()).toBe(digestOf(ini(5), ''));
});

test('a changed pgbouncer.ini is reloaded without a restart', async () => {
  const startedAt = await inspect(pgbouncer.id, '{{.State.StartedAt}}');
  await pgbouncer.write({ 'pgbouncer.ini': ini(7) });
  await until(loaded, (digest) => digest === digestOf(ini(7), ''));
  await until(poolSize, (size) => size === '7');
  expect(await inspect(pgbouncer.id, '{{.State.StartedAt}} {{.RestartCount}}')).toBe(
    `${startedAt} 0`,
  );
}, 120_000);

test('a changed userlist.txt alone is reloaded, too', async () => {
  const boss = { name: 'boss', password: 'of-all' };
  await expect(pgbouncer.console('SHOW VERSION', boss)).rejects.toThrow();
  await pgbouncer.write({ 'userlist.txt': '"boss" "of-all"\n' });
  await until(loaded, (digest) => digest === digestOf(ini(7), '"boss" "of-all"\n'));
  await until(
    () =>
      pgbouncer.console('SHOW VERSION', boss).then(
        () => 'in',
        () => 'refused',
      ),
    (outcome) => outcome === 'in',
  );
}, 120_000);

test('it stops at once, by its own signal', async () => {
  await dockerOutput('stop', '--time', '20', pgbouncer.id);
  expect(await inspect(pgbouncer.id, '{{.State.ExitCode}}')).toBe('0');
}, 60_000);
