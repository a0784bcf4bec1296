import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryInput } from './testing/arbitrary-input.ts';
import { KEYS } from './keys.ts';
import { checkPoolerSettings, readMaxPreparedStatements } from './pooler-settings.ts';
import { REFUSALS } from './refusals.ts';

const context = { queryWaitTimeoutSeconds: 5, maxPreparedStatements: 200 };
const check = (settings: Record<string, unknown>) => checkPoolerSettings(settings, context);

test('a misspelt key is answered with the nearest one', () => {
  expect(check({ server_lifetme: 60 })).toEqual([
    {
      key: 'pooler.settings.server_lifetme',
      got: '60',
      allowed: 'a key of the [pgbouncer] section of PgBouncer 1.26',
      remedy: 'Did you mean server_lifetime?',
    },
  ]);
  expect(check({ 'Server-Reset-Query-Always': 1 })[0]?.remedy).toBe(
    'Did you mean server_reset_query_always?',
  );
});

test.each(['zzzzzzzz', 'constructor', '__proto__', 'toString'])(
  'a key that resembles none, such as %s, is answered with where to look',
  (key) => {
    expect(check(Object.fromEntries([[key, 1]]))[0]?.remedy).toContain('man pgbouncer.ini');
  },
);

test.each([
  ['default_pool_size', 'pooler.poolSize'],
  ['max_client_conn', 'pooler.maxClientConn'],
  ['query_wait_timeout', 'pooler.queryWaitTimeoutSeconds'],
  ['query_timeout', 'app.requestTimeoutSeconds'],
  ['logfile', 'stderr'],
])('%s is refused with the way out: %s', (key, remedy) => {
  const [fault] = check({ [key]: 1 });
  expect(fault?.allowed).toBe('not in pooler.settings');
  expect(fault?.remedy).toContain(remedy);
});

test('a number or a truth value in quotes is told to lose them', () => {
  expect(check({ stats_period: '25' })).toEqual([
    {
      key: 'pooler.settings.stats_period',
      got: '"25"',
      allowed: 'a whole number from 1 to 86400',
      remedy: 'Remove the quotes: 25',
    },
  ]);
  expect(check({ log_stats: 'false' })[0]?.remedy).toBe('Remove the quotes: false');
  expect(check({ server_lifetime: '1.5' })[0]?.remedy).toBe('Remove the quotes: 1.5');
});

test('a number where text is meant is told to get quotes', () => {
  expect(check({ server_check_query: 1 })[0]?.remedy).toBe('Put it in quotes: "1"');
});

test.each([
  ['stats_period', 0],
  ['stats_period', 1.5],
  ['stats_period', -1],
  ['stats_period', NaN],
  ['server_lifetime', -1],
  ['server_lifetime', 0.0001],
  ['server_lifetime', 12_345.678],
  ['server_lifetime', Infinity],
  ['log_stats', 2],
  ['log_stats', 'yes'],
  ['pool_mode', 'Transaction'],
  ['pkt_buf', 100],
  ['max_packet_size', 2 ** 31],
  ['stats_period', null],
  ['stats_period', [5]],
  ['tcp_keepcnt', '010'],
  ['server_check_query', ' a'],
  ['server_check_query', 'x'.repeat(1_001)],
] as const)('%s refuses %p and says what is allowed', (key, value) => {
  const [fault] = check({ [key]: value });
  expect(fault?.key).toBe(`pooler.settings.${key}`);
  expect(fault?.allowed).toMatch(/^(a whole number|seconds|true or false|one of|one line)/);
});

test.each(['a\nb', 'a\rb', 'a\0b', 'a\tb', 'a\u007fb', 'a\u2028b'])(
  'a control character in any text is refused: %j',
  (value) => {
    for (const key of ['server_check_query', 'pool_mode', 'stats_period', 'log_stats']) {
      expect(check({ [key]: value })[0]?.remedy).toContain('on one line');
    }
  },
);

test.each(['server_connect_timeout', 'server_login_retry', 'reserve_pool_timeout'])(
  '%s must end before query_wait_timeout',
  (key) => {
    expect(check({ [key]: 4.999 })).toEqual([]);
    expect(check({ [key]: 5 })[0]).toMatchObject({
      got: '5',
      allowed: 'less than query_wait_timeout, 5',
    });
    expect(check({ [key]: 7 })[0]?.remedy).toContain(
      'raise pooler.queryWaitTimeoutSeconds above 7',
    );
  },
);

test('statement mode is always refused, session mode only while the app names statements', () => {
  const unnamed = { ...context, maxPreparedStatements: 0 };
  expect(checkPoolerSettings({ pool_mode: 'statement' }, unnamed)[0]?.remedy).toContain(
    'Prisma needs transactions',
  );
  expect(checkPoolerSettings({ pool_mode: 'session' }, unnamed)).toEqual([]);
  expect(check({ pool_mode: 'session' })[0]?.remedy).toContain('max_prepared_statements to 0');
  expect(check({ pool_mode: 'transaction' })).toEqual([]);
});

test('all faults are told at once, in the order of the settings', () => {
  expect(
    check({ nonsense_key: 1, logfile: 'x', stats_period: -1 }).map((fault) => fault.key),
  ).toEqual([
    'pooler.settings.nonsense_key',
    'pooler.settings.logfile',
    'pooler.settings.stats_period',
  ]);
});

test('no setting makes the check throw, and each fault is four non-empty texts', () => {
  const key = fc.oneof(fc.constantFrom(...Object.keys(KEYS)), fc.string());
  fc.assert(
    fc.property(
      fc.dictionary(
        key,
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }),
      ),
      (settings) => {
        for (const { key: where, got, allowed, remedy } of check(settings)) {
          for (const text of [where, got, allowed, remedy]) expect(text).not.toBe('');
        }
      },
    ),
  );
});

test('what is accepted has no fault', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) =>
      expect(checkPoolerSettings(input.settings, input)).toEqual([]),
    ),
  );
});

test('every refused key is a key of PgBouncer, so that no remedy is dead', () => {
  expect(Object.keys(REFUSALS).filter((key) => !Object.hasOwn(KEYS, key))).toEqual([]);
});

test('the statement cache has the size asked for, 0 included, else that of PgBouncer', () => {
  expect(readMaxPreparedStatements({ max_prepared_statements: 0 })).toBe(0);
  expect(readMaxPreparedStatements({})).toBe(200);
});
