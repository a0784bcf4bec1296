import { element, type Child } from './elements.ts';
import { showCount, showDuration, showMebibytes, toMebibytes } from './figures.ts';
import { downNotice, facts, layerCard, waitNotice } from './layer-card.ts';
import type { LiveBody, View } from './live-body.ts';
import { useMeter } from './use-meter.ts';

export function appCard(view: View): HTMLElement {
  const { layers, limits } = view.body;
  const { app } = layers;
  return layerCard(
    view,
    'app',
    useMeter({
      label: 'Client connections busy',
      used: app.active,
      limit: app.max,
      thresholds: limits,
    }),
    deviation(view.body, 'app', 'client connections'),
    waitNotice({
      waiting: app.waiting,
      forWhat: 'a client connection',
      longestMs: app.longestWaitMs,
    }),
    facts({
      'open, idle': `${app.idle}`,
      'time to get one': showDuration(app.acquire.meanMs),
      'at most, in 10 s': showDuration(app.acquire.maxMs),
    }),
  );
}

export function pgbouncerCard(view: View): HTMLElement {
  const { layers, limits } = view.body;
  const { pgbouncer } = layers;
  if (pgbouncer.state === 'off')
    return layerCard(view, 'pgbouncer', element('p', {}, 'This environment has none'));
  if (pgbouncer.state === 'down')
    return layerCard(
      view,
      'pgbouncer',
      downNotice(pgbouncer, view.nowMs),
      plannedNotice(view.body, 'client connections', 'server connections'),
    );
  const { clients, servers, maxWaitMs } = pgbouncer;
  const limit = servers.active > servers.poolSize ? servers.max : servers.poolSize;
  return layerCard(
    view,
    'pgbouncer',
    useMeter({
      label: 'Client connections',
      used: clients.total,
      limit: clients.max,
      thresholds: limits,
      planned: plannedOf(view.body, 'client connections'),
    }),
    deviation(view.body, 'pgbouncer', 'client connections'),
    waitNotice({
      waiting: clients.waiting,
      forWhat: 'a server connection',
      longestMs: maxWaitMs,
      refusedAfterMs: limits.queryWaitTimeoutMs,
    }),
    // The alerts count the pool without its reserve: with that in use it is more than full.
    useMeter({
      label: 'Server connections busy',
      used: servers.active,
      limit,
      full: servers.poolSize,
      thresholds: limits,
    }),
    deviation(view.body, 'pgbouncer', 'server connections'),
    facts({
      'open, idle': `${servers.idle + servers.used}`,
      'logging in': `${servers.login}`,
      reserve: `${servers.max - servers.poolSize}`,
    }),
  );
}

export function postgresCard(view: View): HTMLElement {
  const { layers, limits } = view.body;
  const { postgres } = layers;
  if (postgres.state === 'off')
    return layerCard(view, 'postgres', element('p', {}, 'Not measured'));
  if (postgres.state === 'down')
    return layerCard(
      view,
      'postgres',
      downNotice(postgres, view.nowMs),
      plannedNotice(view.body, 'server connections', 'direct connections'),
    );
  const { connections, available } = postgres;
  return layerCard(
    view,
    'postgres',
    useMeter({
      label: 'Connections',
      used: connections.total,
      limit: available,
      thresholds: limits,
      planned:
        plannedOf(view.body, 'server connections') ?? plannedOf(view.body, 'direct connections'),
    }),
    deviation(view.body, 'postgres', 'connections'),
    facts({
      active: `${connections.active}`,
      idle: `${connections.idle}`,
      'idle in transaction': `${connections.idleInTransaction}`,
      'waiting for a lock': `${postgres.lockWaits}`,
      'of the app / of others': `${connections.ofApp} / ${connections.ofOthers}`,
      'longest transaction': showDuration(postgres.longestTransactionMs),
    }),
  );
}

export function redisCard(view: View): HTMLElement {
  const { redis } = view.body.layers;
  if (redis.state === 'off')
    return layerCard(view, 'redis', element('p', {}, 'This environment has none'));
  if (redis.state === 'down')
    return layerCard(
      view,
      'redis',
      downNotice(redis, view.nowMs),
      element('p', { class: 'note' }, 'The API goes on without its cache and its limits.'),
    );
  const lookups = redis.keyspaceHits + redis.keyspaceMisses;
  const memory =
    redis.maxMemoryBytes === 0
      ? element(
          'p',
          { class: 'note' },
          `${showMebibytes(redis.usedMemoryBytes)} used, without a limit`,
        )
      : // A cache that is full makes room by itself.
        useMeter({
          label: 'Memory',
          used: toMebibytes(redis.usedMemoryBytes),
          limit: toMebibytes(redis.maxMemoryBytes),
          unit: ' MiB',
        });
  return layerCard(
    view,
    'redis',
    memory,
    facts({
      'commands a second': showCount(redis.opsPerSecond),
      clients: showCount(redis.connectedClients),
      'found in cache':
        lookups === 0 ? 'none asked' : `${Math.round((redis.keyspaceHits * 100) / lookups)} %`,
      evicted: showCount(redis.evictedKeys),
    }),
  );
}

/** Returns the planned connections of a segment at the worst moment of a rollout. */
function plannedOf({ limits }: LiveBody, segment: string): number | undefined {
  return limits.budget.find(({ name }) => name === segment)?.planned;
}

/** Draws the planned connections of a layer that is down. */
function plannedNotice({ limits }: LiveBody, ...segments: readonly string[]): HTMLElement {
  const planned = limits.budget.filter(({ name }) => segments.includes(name));
  return element(
    'ul',
    { class: 'note', role: 'list' },
    ...planned.map(({ name, planned: used, limit }) =>
      element('li', {}, `${name}: planned at worst ${used} of ${limit}`),
    ),
  );
}

/** Draws a note only when the running layer has another limit than the settings. */
function deviation({ limits }: LiveBody, layer: string, what: string): Child {
  const use = limits.use.find((entry) => entry.layer === layer && entry.what === what);
  if (use === undefined || use.planned === null || use.limit === null || use.planned === use.limit)
    return null;
  return element(
    'p',
    { class: 'note' },
    `The settings say ${use.planned}${use.setting === null ? '' : ` (${use.setting})`}, it ` +
      `runs with ${use.limit}`,
  );
}
