import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryInput } from './testing/arbitrary-input.ts';
import { compareInis, restartKeyValues } from './changes.ts';
import { planPgbouncerConfig } from './config.ts';
import { devDocker, secondOfThree } from './testing/examples.ts';
import { renderIni } from './ini.ts';

const ini = (pgbouncer: Record<string, string>, databases: Record<string, string> = {}): string =>
  renderIni({ databases, pgbouncer });

test('a changed pool size reloads and a changed backlog restarts', () => {
  expect(
    compareInis(
      ini({ default_pool_size: '25', listen_backlog: '128' }),
      ini({ default_pool_size: '30', listen_backlog: '1024' }),
    ),
  ).toEqual([
    { section: 'pgbouncer', key: 'default_pool_size', before: '25', after: '30', effect: 'reload' },
    {
      section: 'pgbouncer',
      key: 'listen_backlog',
      before: '128',
      after: '1024',
      effect: 'restart',
    },
  ]);
});

test('a key that comes or goes is a change with one side undefined', () => {
  const change = { section: 'pgbouncer', key: 'stats_period', effect: 'reload' };
  expect(compareInis(ini({}), ini({ stats_period: '10' }))).toEqual([
    { ...change, before: undefined, after: '10' },
  ]);
  expect(compareInis(ini({ stats_period: '10' }), ini({}))).toEqual([
    { ...change, before: '10', after: undefined },
  ]);
});

test('a changed database reloads, even one that is named like a restart-only key', () => {
  const [change] = compareInis(ini({}, { user: 'host=/a' }), ini({}, { user: 'host=/b' }));
  expect(change).toEqual({
    section: 'databases',
    key: 'user',
    before: 'host=/a',
    after: 'host=/b',
    effect: 'reload',
  });
});

test('a key or a section that the catalogue does not know counts as restart', () => {
  expect(compareInis(ini({}), ini({ new_in_1_99: '1' }))[0]?.effect).toBe('restart');
  expect(compareInis(ini({}), ini({ constructor: '1' }))[0]?.effect).toBe('restart');
  expect(compareInis('', '[others]\n1 = host=/x\n')[0]?.effect).toBe('restart');
});

test('peers come and go by a reload, and so does the id that they know a process by', () => {
  const [alone, peered] = [devDocker, secondOfThree].map((input) =>
    renderIni(planPgbouncerConfig({ ...input, listen: devDocker.listen })),
  );
  const changes = compareInis(alone ?? '', peered ?? '');
  expect(changes.map(({ section, key, effect }) => [section, key, effect])).toEqual([
    ['peers', '1', 'reload'],
    ['peers', '2', 'reload'],
    ['peers', '3', 'reload'],
    ['pgbouncer', 'peer_id', 'reload'],
  ]);
});

test('the restart-only values of dev are the listening ones, sorted', () => {
  expect(restartKeyValues(planPgbouncerConfig(devDocker)).split('\n')).toEqual([
    'listen_addr = *',
    'listen_backlog = 1024',
    'listen_port = 6432',
    'unix_socket_dir = /run/pgbouncer',
  ]);
});

test('the restart-only values change exactly when a change needs a restart', () => {
  fc.assert(
    fc.property(arbitraryInput, arbitraryInput, (one, two) => {
      const [before, after] = [planPgbouncerConfig(one), planPgbouncerConfig(two)];
      const needsRestart = compareInis(renderIni(before), renderIni(after)).some(
        (change) => change.effect === 'restart',
      );
      expect(restartKeyValues(before) !== restartKeyValues(after)).toBe(needsRestart);
    }),
  );
});

test('a file differs in nothing from itself', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const text = renderIni(planPgbouncerConfig(input));
      expect(compareInis(text, text)).toEqual([]);
    }),
  );
});
