import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAppEnv, type AppEnvironmentVariables } from './app-environment.ts';
import { FaultyInputError, type Fault } from './fault.ts';

const usable: AppEnvironmentVariables = {
  ENVIRONMENT: 'dev',
  HOST: '0.0.0.0',
  PORT: '3001',
  ADMIN_PORT: '3001',
  LOG_FORMAT: 'json',
  LOG_LEVEL: 'info',
  DATABASE_URL_FILE: '/run/secrets/database-url',
  DATABASE_POOL_MAX: '5',
  DATABASE_ACQUIRE_TIMEOUT_MS: '3000',
  DATABASE_IDLE_TIMEOUT_MS: '10000',
  DATABASE_MAX_LIFETIME_SECONDS: '600',
  DATABASE_TRANSACTION_TIMEOUT_MS: '10000',
  DATABASE_STATEMENT_NAMES: '100',
  REDIS_URL: 'redis://app:p%40ss@redis:6379',
  REDIS_COMMAND_TIMEOUT_MS: '100',
  REQUEST_TIMEOUT_MS: '15000',
  KEEP_ALIVE_TIMEOUT_MS: '75000',
  SHUTDOWN_DRAIN_DELAY_MS: '0',
  SHUTDOWN_DEADLINE_MS: '20000',
  PUBLIC_RATE_LIMIT_PER_MINUTE: '600',
  MONITORING: 'on',
  MONITORING_PLAN_FILE: '/run/monitoring/plan.json',
  ADMIN_TOKENS_FILE: '/run/secrets/admin-tokens',
  MONITOR_DATABASE_URL:
    'postgresql://spywatcher_monitor:m%40@/spywatcher?host=/run/postgresql&port=5432',
  POOLER_CONSOLE_URL: 'postgresql://pgbouncer_monitor:c@/pgbouncer?host=/run/pgbouncer&port=6432',
};
const files: Record<string, string> = {
  '/run/secrets/database-url':
    'postgresql://spywatcher:s%2Fcret@/spywatcher?host=/run/pgbouncer&port=6432\n',
  '/run/secrets/server-ca.crt': 'PEM',
  '/run/secrets/admin-tokens': `${'n'.repeat(32)}\n${'o'.repeat(32)}\n`,
};

function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
}

function faultsOf(changes: Record<string, string | undefined>): readonly Fault[] {
  try {
    readAppEnv({ ...usable, ...changes }, readFile);
  } catch (error) {
    if (error instanceof FaultyInputError) return error.faults;
    throw error;
  }
  return [];
}

test('a full environment is read into typed, frozen parts; secrets also from files', () => {
  const env = readAppEnv(usable, readFile);
  expect(env.database.address).toEqual({
    host: '/run/pgbouncer',
    port: 6432,
    user: 'spywatcher',
    password: 's/cret',
    database: 'spywatcher',
  });
  expect(env.redis.address).toEqual({
    host: 'redis',
    port: 6379,
    username: 'app',
    password: 'p@ss',
  });
  expect(env.shutdown).toEqual({ drainDelayMs: 0, deadlineMs: 20_000 });
  expect(env.database.statementNames).toBe(100);
  expect(env.monitoring).toMatchObject({
    planFile: '/run/monitoring/plan.json',
    adminTokens: { accepted: ['n'.repeat(32), 'o'.repeat(32)] },
    database: { host: '/run/postgresql', user: 'spywatcher_monitor' },
    poolerConsole: { user: 'pgbouncer_monitor', database: 'pgbouncer' },
  });
  expect(Object.isFrozen(env) && Object.isFrozen(env.database.address)).toBe(true);
});

test('without monitoring its variables are optional; without a pooler no console', () => {
  const own = [
    'MONITORING_PLAN_FILE',
    'ADMIN_TOKENS_FILE',
    'MONITOR_DATABASE_URL',
    'POOLER_CONSOLE_URL',
  ];
  expect(
    readAppEnv(
      { ...usable, ...Object.fromEntries(own.map((key) => [key, undefined])), MONITORING: 'off' },
      readFile,
    ).monitoring,
  ).toBe('off');
  expect(readAppEnv({ ...usable, POOLER_CONSOLE_URL: 'off' }, readFile).monitoring).toMatchObject({
    poolerConsole: 'off',
  });
});

test.each([
  ['no token', ' \n'],
  ['3 tokens', [1, 2, 3].map((digit) => String(digit).repeat(32)).join('\n')],
  ['a token that is too short, or holds something else', 'short'],
])('%s instead of one or two admin tokens is refused', (got, text) => {
  const faults = faultsOf({ ADMIN_TOKENS_FILE: undefined, ADMIN_TOKENS: text });
  expect(faults).toEqual([expect.objectContaining({ key: 'ADMIN_TOKENS', got })]);
});

test('every variable is needed, and all that are missing are named at once', () => {
  const missing = faultsOf(Object.fromEntries(Object.keys(usable).map((key) => [key, undefined])));
  expect(missing.map(({ key }) => key).sort()).toEqual(
    Object.keys(usable)
      .map((key) => key.replace(/(URL|TOKENS)_FILE$/, '$1'))
      .sort(),
  );
});

test('statement names are a cap or the word off, never 0', () => {
  expect(faultsOf({ DATABASE_STATEMENT_NAMES: 'off' })).toEqual([]);
  expect(faultsOf({ DATABASE_STATEMENT_NAMES: '0' })[0]?.allowed).toBe(
    'an integer from 1 to 10000, or off',
  );
});

test.each([
  ['pgbouncer=true', 'DATABASE_STATEMENT_NAMES'],
  ['connection_limit=3', 'DATABASE_POOL_MAX'],
  ['max=3', 'DATABASE_POOL_MAX'],
  ['pool_timeout=20', 'DATABASE_ACQUIRE_TIMEOUT_MS'],
  ['connect_timeout=10', 'DATABASE_ACQUIRE_TIMEOUT_MS'],
])(
  'the URL parameter %s, which would do nothing, is refused with a pointer to %s',
  (parameter, instead) => {
    const [fault, ...others] = faultsOf({
      DATABASE_URL_FILE: undefined,
      DATABASE_URL: `postgresql://u:p@pgbouncer:6432/spywatcher?${parameter}`,
    });
    expect(fault?.got).toContain(parameter.split('=')[0]);
    expect(fault?.remedy).toContain(instead);
    expect(others).toEqual([]);
  },
);

test('a URL may name the sockets of several processes, and several hosts nowhere else', () => {
  const withHosts = (hosts: string) => ({
    ...usable,
    DATABASE_URL_FILE: undefined,
    DATABASE_URL: `postgresql://u:p@/d${hosts}`,
  });
  expect(
    readAppEnv(withHosts('?host=/run/pgbouncer,/run/pgbouncer/2&port=6432'), readFile).database
      .address,
  ).toMatchObject({ host: '/run/pgbouncer', otherHosts: ['/run/pgbouncer/2'], port: 6_432 });
  for (const faulty of [
    withHosts('?host=/run/pgbouncer,&port=6432'),
    withHosts('?host=/run/pgbouncer,other&port=6432'),
    withHosts('?host=one,other&port=6432'),
  ])
    expect(faultsOf(faulty)).toMatchObject([{ key: 'DATABASE_URL' }]);
});

test('a URL that lacks a part names the part', () => {
  const got = (url: string) =>
    faultsOf({ DATABASE_URL_FILE: undefined, DATABASE_URL: url })[0]?.got;
  expect(got('postgresql://u:p@/spywatcher')).toContain('host, port');
  expect(got('postgresql://u@pgbouncer:6432/')).toContain('password, database');
  expect(got('mysql://u:p@h:1/d')).toContain('not such a URL');
});

test('a secret given twice, or as a file that is not there, is refused', () => {
  expect(faultsOf({ DATABASE_URL: 'postgresql://u:p@h:1/d' })[0]?.got).toBe(
    'both DATABASE_URL and DATABASE_URL_FILE',
  );
  expect(faultsOf({ DATABASE_URL_FILE: '/nowhere' })[0]).toMatchObject({
    key: 'DATABASE_URL_FILE',
    got: 'a path that cannot be read (ENOENT)',
  });
});

test('timeouts that do not nest are refused with both numbers', () => {
  expect(faultsOf({ DATABASE_ACQUIRE_TIMEOUT_MS: '12000' })).toMatchObject([
    {
      key: 'DATABASE_ACQUIRE_TIMEOUT_MS',
      got: '12000',
      allowed: 'less than DATABASE_TRANSACTION_TIMEOUT_MS, which is 10000',
    },
  ]);
  expect(faultsOf({ SHUTDOWN_DRAIN_DELAY_MS: '20000' })).toMatchObject([
    { key: 'SHUTDOWN_DRAIN_DELAY_MS' },
  ]);
});

test('no text of the environment is echoed, whichever variable it stands in', () => {
  const canary = 'canary-7Q';
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(usable)),
      fc.constantFrom('', '/', '@', '://', '%', '?max=', '?'),
      (key, odd) => {
        for (const text of [
          `${canary}${odd}${canary}`,
          `postgresql://u:${canary}${odd}${canary}@h:1/d`,
        ]) {
          expect(new FaultyInputError('test', faultsOf({ [key]: text })).message).not.toContain(
            canary,
          );
        }
      },
    ),
  );
});

test("authorities come from the file that the URL names, or are the system's", () => {
  const tlsOf = (parameters: string) =>
    readAppEnv(
      {
        ...usable,
        DATABASE_URL_FILE: undefined,
        DATABASE_URL: `postgresql://u:p@db.example:5432/d?${parameters}`,
      },
      readFile,
    ).database.address;
  expect(tlsOf('sslmode=verify-full&sslrootcert=/run/secrets/server-ca.crt')).toMatchObject({
    host: 'db.example',
    tls: { authorities: 'PEM' },
  });
  expect(tlsOf('sslmode=verify-full&sslrootcert=system').tls).toEqual({ authorities: 'system' });
});

test.each([
  ['sslmode=require&sslrootcert=system', 'another sslmode'],
  ['sslmode=verify-full', 'sslmode without sslrootcert'],
  ['sslrootcert=system', 'sslrootcert without sslmode'],
  ['sslmode=verify-full&sslrootcert=/nowhere', 'an sslrootcert that cannot be read (ENOENT)'],
])('half of a proof is none: %s', (parameters, got) => {
  const faults = faultsOf({
    DATABASE_URL_FILE: undefined,
    DATABASE_URL: `postgresql://u:p@db.example:5432/d?${parameters}`,
  });
  expect(faults).toMatchObject([{ key: 'DATABASE_URL', got }]);
});
