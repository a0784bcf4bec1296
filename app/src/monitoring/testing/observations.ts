import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import type { Layers, PoolerCounts, PostgresCounts, RedisCounts } from '../readings/readings.ts';

/** The plan of an environment with the standard settings. */
export const plan: MonitoringPlan = {
  intervalSeconds: 60,
  warnPercent: 80,
  criticalPercent: 95,
  slowQueryMs: 1_000,
  longTransactionMs: 10_000,
  queryWaitTimeoutMs: 5_000,
  app: { poolMax: 5 },
  pooler: {
    poolSize: 25,
    reservePoolSize: 5,
    maxClientConn: 100,
    config: { default_pool_size: '25', pool_mode: 'transaction' },
  },
  postgres: { maxConnections: 100, reservedConnections: 10, superuserReservedConnections: 3 },
  room: {
    'app.poolMax': 97,
    'pooler.poolSize': 76,
    'pooler.maxClientConn': 16_000,
    'postgres.maxConnections': 250,
  },
  budget: [
    { name: 'client connections', path: 'app -> PgBouncer (each bouncer)', used: 8, limit: 100 },
    { name: 'server connections', path: 'PgBouncer -> Postgres', used: 36, limit: 87 },
  ],
};

const pooler: PoolerCounts = {
  clients: { active: 6, waiting: 0, total: 6, max: 100 },
  servers: { active: 2, idle: 3, used: 0, login: 0, total: 5, poolSize: 25, max: 30 },
  maxWaitMs: 0,
  totals: {
    queries: 10_000,
    transactions: 9_000,
    queryMs: 12_000,
    transactionMs: 15_000,
    waitMs: 100,
    clientParses: 12,
    serverParses: 20,
    binds: 10_000,
    receivedBytes: 1_000_000,
    sentBytes: 4_000_000,
  },
  drift: [],
};

const postgres: PostgresCounts = {
  connections: {
    active: 2,
    idle: 5,
    idleInTransaction: 0,
    other: 0,
    total: 7,
    ofApp: 5,
    ofOthers: 2,
  },
  maxConnections: 100,
  reservedConnections: 10,
  superuserReservedConnections: 3,
  available: 87,
  longestTransactionMs: 12,
  lockWaits: 0,
};

const redis: RedisCounts = {
  status: 'ready',
  connectedClients: 2,
  totalConnections: 125,
  totalCommands: 45_678,
  opsPerSecond: 23,
  usedMemoryBytes: 2_621_440,
  maxMemoryBytes: 134_217_728,
  evictedKeys: 0,
  keyspaceHits: 900,
  keyspaceMisses: 100,
  uptimeSeconds: 4_000,
};

const up = { state: 'up', tookMs: 2 } as const;

/** A few requests a second. */
export const idle: Layers = {
  app: {
    active: 1,
    idle: 2,
    total: 3,
    waiting: 0,
    longestWaitMs: 0,
    max: 5,
    acquire: { count: 40, meanMs: 0.1, maxMs: 0.6 },
  },
  pgbouncer: { ...up, ...pooler },
  postgres: { ...up, ...postgres },
  redis: { ...up, ...redis },
};

/** The second of three processes of PgBouncer is full, the first has room, the third is silent. */
export const secondProcessFull: Layers = {
  ...idle,
  pgbouncer: {
    ...up,
    ...pooler,
    clients: { active: 36, waiting: 31, total: 68, max: 200 },
    servers: { active: 27, idle: 3, used: 0, login: 0, total: 30, poolSize: 50, max: 60 },
    maxWaitMs: 240,
    processes: {
      all: 3,
      silent: [{ process: 3, host: '/run/pgbouncer/3' }],
      each: [
        { process: 1, clients: pooler.clients, servers: pooler.servers, maxWaitMs: 0 },
        {
          process: 2,
          clients: { active: 30, waiting: 31, total: 62, max: 100 },
          servers: { active: 25, idle: 0, used: 0, login: 0, total: 25, poolSize: 25, max: 30 },
          maxWaitMs: 240,
        },
      ],
    },
  },
};

/** Every server connection of PgBouncer is busy, and clients wait for one. */
export const poolerSaturated: Layers = {
  ...idle,
  app: {
    active: 5,
    idle: 0,
    total: 5,
    waiting: 12,
    longestWaitMs: 850,
    max: 5,
    acquire: { count: 90, meanMs: 180, maxMs: 900 },
  },
  pgbouncer: {
    ...up,
    ...pooler,
    clients: { active: 25, waiting: 31, total: 57, max: 100 },
    servers: { active: 25, idle: 0, used: 0, login: 0, total: 25, poolSize: 25, max: 30 },
    maxWaitMs: 240,
  },
  postgres: {
    ...up,
    ...postgres,
    connections: {
      active: 25,
      idle: 2,
      idleInTransaction: 0,
      other: 0,
      total: 27,
      ofApp: 25,
      ofOthers: 2,
    },
  },
};

/** Somebody else holds Postgres' connections, so PgBouncer cannot get more. */
export const postgresSaturated: Layers = {
  ...poolerSaturated,
  pgbouncer: {
    ...up,
    ...pooler,
    clients: { active: 4, waiting: 9, total: 14, max: 100 },
    servers: { active: 4, idle: 0, used: 0, login: 1, total: 5, poolSize: 25, max: 30 },
    maxWaitMs: 1_200,
  },
  postgres: {
    ...up,
    ...postgres,
    connections: {
      active: 4,
      idle: 82,
      idleInTransaction: 1,
      other: 0,
      total: 87,
      ofApp: 4,
      ofOthers: 83,
    },
  },
};

/** Work waits for the app's own client connections while PgBouncer has free server connections. */
export const appSaturated: Layers = {
  ...idle,
  app: {
    active: 5,
    idle: 0,
    total: 5,
    waiting: 12,
    longestWaitMs: 280,
    max: 5,
    acquire: { count: 90, meanMs: 80, maxMs: 300 },
  },
  pgbouncer: {
    ...up,
    ...pooler,
    clients: { active: 6, waiting: 0, total: 6, max: 100 },
    servers: { active: 5, idle: 1, used: 0, login: 0, total: 6, poolSize: 25, max: 30 },
  },
};

export const postgresDown: Layers = {
  ...poolerSaturated,
  postgres: { state: 'down', since: '2026-01-01T00:00:00.000Z', reason: 'unreachable', tookMs: 3 },
};

export const poolerDown: Layers = {
  ...idle,
  pgbouncer: { state: 'down', since: '2026-01-01T00:00:00.000Z', reason: 'unreachable', tookMs: 1 },
};

export const redisDown: Layers = {
  ...idle,
  redis: { state: 'down', since: '2026-01-01T00:00:00.000Z', reason: 'timeout', tookMs: 1_000 },
};
