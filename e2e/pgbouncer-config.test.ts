import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryInput } from '../pgbouncer/testing/arbitrary-input.ts';
import { compareInis } from '../pgbouncer/changes.ts';
import type { PgbouncerInput } from '../pgbouncer/input.ts';
import { planPgbouncerConfig } from '../pgbouncer/config.ts';
import { renderConnectionString } from '../pgbouncer/connection-string.ts';
import { devDocker, external, sidecar, tuned } from '../pgbouncer/testing/examples.ts';
import { renderIni } from '../pgbouncer/ini.ts';
import { type Effect, effectOf, KEYS } from '../pgbouncer/keys.ts';
import { findDrift } from '../pgbouncer/shown-config.ts';
import { renderUserlist } from '../pgbouncer/userlist.ts';
import { openDockerScope } from './docker.ts';
import { type LivePgbouncer, openLivePgbouncer } from './live-pgbouncer.ts';

const scope = openDockerScope('pgbouncer-config');
const devIni = renderIni(planPgbouncerConfig(devDocker));
let pgbouncer: LivePgbouncer;
/** The file that the process runs on. */
let current = devIni;

beforeAll(async () => {
  pgbouncer = await openLivePgbouncer(scope, devIni);
}, 300_000);

afterAll(() => scope.close(), 60_000);

/**
 * Brings a file into force the way a deploy does: RELOAD when that is said to be enough, else a new
 * process.
 */
async function apply(ini: string): Promise<Effect> {
  const effect = compareInis(current, ini).some((change) => change.effect === 'restart')
    ? 'restart'
    : 'reload';
  await pgbouncer.write({ 'pgbouncer.ini': ini });
  current = ini;
  if (effect === 'restart') await pgbouncer.restart();
  else await pgbouncer.console('RELOAD');
  return effect;
}

test('the catalogue has the keys, defaults and effects that PgBouncer shows', async () => {
  const shown = await pgbouncer.console('SHOW CONFIG');
  const theirs = shown.map(([key = '', , stock, changeable]) => [
    key,
    stock,
    changeable === 'yes' ? 'reload' : 'restart',
  ]);
  expect(Object.entries(KEYS).map(([key, { stock, effect }]) => [key, stock, effect])).toEqual(
    theirs,
  );
});

test.each([
  ['dev', devDocker],
  ['sidecar', sidecar],
  ['tuned', tuned],
  // The file that the image brings.
  ['external', { ...external, serverTls: { caFile: '/etc/ssl/certs/ca-certificates.crt' } }],
])(
  'the %s example is in force as planned',
  async (_name, input) => {
    await expectApplied(input);
  },
  30_000,
);

test('every accepted input is in SHOW CONFIG after the restart or reload as foretold', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryInput, arbitraryInput, async (first, second) => {
      await expectApplied(first);
      expect(await expectApplied(withRestartKeysOf(first, second))).toBe('reload');
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 300_000);

async function expectApplied(input: PgbouncerInput): Promise<Effect> {
  const config = planPgbouncerConfig(input);
  const effect = await apply(renderIni(config));
  expect(findDrift(config.pgbouncer, await pgbouncer.showConfig())).toEqual([]);
  return effect;
}

/**
 * `next` with the restart-only values of `now`, so that a RELOAD must be enough to go from one to
 * the other.
 */
function withRestartKeysOf(now: PgbouncerInput, next: PgbouncerInput): PgbouncerInput {
  const pick = (input: PgbouncerInput, effect: Effect) =>
    Object.entries(input.settings).filter(([key]) => effectOf(key) === effect);
  return {
    ...next,
    listen: now.listen,
    settings: Object.fromEntries([...pick(now, 'restart'), ...pick(next, 'reload')]),
  };
}

test('a key that leaves the file returns to its stock value on RELOAD', async () => {
  const config = planPgbouncerConfig(devDocker);
  await apply(renderIni({ ...config, pgbouncer: { ...config.pgbouncer, stats_period: '10' } }));
  await apply(devIni);
  expect(findDrift(config.pgbouncer, await pgbouncer.showConfig())).toEqual([]);
}, 30_000);

test('RELOAD leaves a restart-only key as it was, so a restart is really needed', async () => {
  await apply(devIni);
  await pgbouncer.write({
    'pgbouncer.ini': devIni.replace('listen_backlog = 1024', 'listen_backlog = 2048'),
  });
  await pgbouncer.console('RELOAD');
  expect((await pgbouncer.showConfig()).find(({ key }) => key === 'listen_backlog')?.value).toBe(
    '1024',
  );
}, 30_000);

test('a value set by hand on the console is found as drift', async () => {
  await apply(devIni);
  await pgbouncer.console('SET log_stats = 0');
  const drift = findDrift(planPgbouncerConfig(devDocker).pgbouncer, await pgbouncer.showConfig());
  expect(drift).toEqual([{ key: 'log_stats', planned: '1', shown: '0' }]);
  await pgbouncer.console('RELOAD');
}, 30_000);

test('odd names and secrets in userlist.txt are read as written', async () => {
  const odd = [`it's`, 'a "quoted" name', 'back\\slash', '; # %', 'Zoë'];
  const secret = `"double" 'single' \\ % # ; = é`;
  await pgbouncer.write({
    'userlist.txt': renderUserlist([...odd, 'pgbouncer_monitor'].map((name) => ({ name, secret }))),
  });
  await apply(devIni);
  const users = await pgbouncer.console('SHOW USERS');
  expect(users.map(([name]) => name)).toEqual(expect.arrayContaining(odd));
  expect(
    await pgbouncer.console('SHOW VERSION', { name: 'pgbouncer_monitor', password: secret }),
  ).toHaveLength(1);
  await expect(
    pgbouncer.console('SHOW VERSION', { name: 'pgbouncer_monitor', password: `${secret}x` }),
  ).rejects.toThrow('authentication failed');
}, 30_000);

test('an odd host on the [databases] line is read as written', async () => {
  const host = `/a 'b' \\c;d#e`;
  await apply(
    renderIni({
      ...planPgbouncerConfig(devDocker),
      databases: { 'a.B-c_1': renderConnectionString({ host, port: 65_535 }) },
    }),
  );
  const [row] = (await pgbouncer.console('SHOW DATABASES')).filter(([name]) => name === 'a.B-c_1');
  expect(row?.slice(1, 3)).toEqual([host, '65535']);
}, 30_000);

test('a quoted database name is a syntax error to PgBouncer, as the plan says', async () => {
  await apply(devIni);
  await pgbouncer.write({ 'pgbouncer.ini': devIni.replace('spywatcher = ', '"spy watcher" = ') });
  await expect(pgbouncer.console('RELOAD')).rejects.toThrow('RELOAD failed');
  await pgbouncer.write({ 'pgbouncer.ini': devIni });
}, 30_000);
