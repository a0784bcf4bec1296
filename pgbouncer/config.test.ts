import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryInput } from './testing/arbitrary-input.ts';
import { planPgbouncerConfig } from './config.ts';
import { planDefaults } from './defaults.ts';
import { devDocker, external, secondOfThree, sidecar, tuned } from './testing/examples.ts';
import { planForced } from './forced.ts';
import { goldenText } from './testing/golden.ts';
import { parseIni, renderIni } from './ini.ts';
import { formatValue } from './key-kinds.ts';
import { findKey, KEYS } from './keys.ts';
import { mergeLayers } from './layers.ts';
import { REFUSALS } from './refusals.ts';

test.each([
  ['dev-docker.ini', devDocker],
  ['sidecar.ini', sidecar],
  ['tuned.ini', tuned],
  ['external.ini', external],
  ['second-of-three.ini', secondOfThree],
])('%s is the whole file for its example', (name, input) => {
  const text = renderIni(planPgbouncerConfig(input));
  expect(text).toBe(goldenText(name, text));
});

test('every accepted input renders to one line per key and parses back', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const config = planPgbouncerConfig(input);
      const text = renderIni(config);
      expect(parseIni(text)).toEqual(config);
      const lines = text.split(/[\n\r\u2028\u2029]/).filter((line) => line.includes('='));
      const peers = Object.keys(config['peers'] ?? {}).length;
      expect(lines).toHaveLength(1 + peers + Object.keys(config.pgbouncer).length);
    }),
  );
});

test('an accepted setting replaces the default and stands in the file as asked', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const { pgbouncer } = planPgbouncerConfig(input);
      for (const [key, value] of Object.entries(input.settings))
        expect(pgbouncer[key]).toBe(formatValue(findKey(key)?.kind ?? { type: 'text' }, value));
    }),
  );
});

test('forced wins over user, and user wins over defaults, for any user', () => {
  const anyKey = fc.constantFrom(...Object.keys(KEYS));
  fc.assert(
    fc.property(fc.dictionary(anyKey, fc.integer(), { noNullPrototype: true }), (user) => {
      const [defaults, forced] = [planDefaults(devDocker), planForced(devDocker)];
      const merged = mergeLayers(defaults, user, forced);
      for (const key of Object.keys({ ...defaults, ...user, ...forced }))
        expect(merged[key]).toBe(forced[key]?.value ?? user[key] ?? defaults[key]?.value);
    }),
  );
});

test('every forced key is refused to users, except two that the plan takes from them', () => {
  const open = Object.keys(planForced(external)).filter((key) => !Object.hasOwn(REFUSALS, key));
  expect(open.sort()).toEqual(['max_prepared_statements', 'pool_mode']);
});

test(
  'the pool mode is forced to transaction while statements are named, and free to be session ' +
    'when none are',
  () => {
    expect(planForced(devDocker)['pool_mode']?.value).toBe('transaction');
    expect(
      planPgbouncerConfig({ ...devDocker, maxPreparedStatements: 0 }).pgbouncer['pool_mode'],
    ).toBe('transaction');
    expect(planPgbouncerConfig(tuned).pgbouncer['pool_mode']).toBe('session');
  },
);

test(
  'an attempt to connect and the pause after it end before query_wait_timeout, from 3 s on, ' +
    'and never take more than 15 s',
  () => {
    for (const queryWaitTimeoutSeconds of [3, 5, 17, 600]) {
      const { pgbouncer } = planPgbouncerConfig({ ...devDocker, queryWaitTimeoutSeconds });
      const attempt = Number(pgbouncer['server_connect_timeout']);
      expect(attempt).toBeGreaterThanOrEqual(1);
      expect(attempt).toBeLessThanOrEqual(15);
      expect(attempt + Number(pgbouncer['server_login_retry'])).toBeLessThan(
        queryWaitTimeoutSeconds,
      );
    }
    expect(() => planPgbouncerConfig({ ...devDocker, queryWaitTimeoutSeconds: 2 })).toThrow(
      'query_wait_timeout: got 2 s, allowed: 3 s or more',
    );
  },
);

test.each(['pgbouncer', 'a b', 'a"b', '', 'a\nb'])(
  'a database name that PgBouncer cannot read is refused: %j',
  (name) => {
    expect(() =>
      planPgbouncerConfig({ ...devDocker, database: { ...devDocker.database, name } }),
    ).toThrow('PgBouncer allows letters');
  },
);

test('numbers of the plan that PgBouncer would silently wrap are refused with the key', () => {
  expect(() => planPgbouncerConfig({ ...devDocker, poolSize: -1 })).toThrow(
    'default_pool_size: got -1',
  );
  expect(() => planPgbouncerConfig({ ...devDocker, maxClientConn: 2 ** 32 })).toThrow(
    'max_client_conn: got 4294967296',
  );
});

test('a console user whose name would split the list is refused', () => {
  expect(() => planPgbouncerConfig({ ...devDocker, adminUsers: ['a,b'] })).toThrow(
    'console user "a,b"',
  );
});

test('settings with a fault are never planned', () => {
  expect(() =>
    planPgbouncerConfig({ ...devDocker, settings: { logfile: '/tmp/x', server_lifetime: -1 } }),
  ).toThrow(/logfile[^]*server_lifetime/);
});
