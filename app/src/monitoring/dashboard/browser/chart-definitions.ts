import type { PoolerSample, Sample } from '../../observing/history.ts';
import type { SampleValue } from './chart-columns.ts';
import { showCount, showDuration, showMebibytes } from './figures.ts';

export interface ChartSeries {
  readonly label: string;
  readonly value: SampleValue;
  readonly show: (value: number) => string;
  /**
   * Style of the line: `main` solid with an area, `second` and `third` dashed differently, `limit`
   * a thin line above.
   */
  readonly style: 'main' | 'second' | 'third' | 'limit';
  /** Has a scale of its own at the right. */
  readonly isRight?: true;
  /** Steps of its axis, where fractions of ten will not do. */
  readonly steps?: number[];
}

export interface ChartDefinition {
  readonly id: string;
  readonly title: string;
  /** Concerns PgBouncer alone, so it is hidden where the environment has none. */
  readonly isPoolers?: true;
  readonly series: readonly ChartSeries[];
}

const COUNT = {
  show: showCount,
  steps: Array.from({ length: 8 }, (_, power) =>
    [1, 2, 5].map((digit) => digit * 10 ** power),
  ).flat(),
};
const BINARY_STEPS = Array.from({ length: 30 }, (_, power) => 2 ** (power + 10));

type Redis = NonNullable<Sample['redis']>;
type Postgres = NonNullable<Sample['postgres']>;

const ofPooler =
  (key: keyof PoolerSample): SampleValue =>
  ({ pgbouncer }) =>
    pgbouncer?.[key] ?? null;
const ofPostgres =
  (key: keyof Postgres): SampleValue =>
  ({ postgres }) =>
    postgres?.[key] ?? null;
const ofRedis =
  (key: keyof Redis): SampleValue =>
  ({ redis }) =>
    redis?.[key] ?? null;
const ofApp =
  (key: keyof Sample['app']): SampleValue =>
  ({ app }) =>
    app[key];

/** Charts in the order shown: the connections of each layer, then what waits, then throughput. */
export const CHARTS: readonly ChartDefinition[] = [
  {
    id: 'app',
    title: 'App: client connections',
    series: [
      { label: 'busy', value: ofApp('active'), ...COUNT, style: 'main' },
      { label: 'limit', value: ofApp('max'), ...COUNT, style: 'limit' },
    ],
  },
  {
    id: 'clients',
    title: 'PgBouncer: client connections',
    isPoolers: true,
    series: [
      { label: 'connected', value: ofPooler('clients'), ...COUNT, style: 'main' },
      { label: 'limit', value: ofPooler('clientsMax'), ...COUNT, style: 'limit' },
    ],
  },
  {
    id: 'servers',
    title: 'PgBouncer: server connections',
    isPoolers: true,
    series: [
      { label: 'busy', value: ofPooler('serversActive'), ...COUNT, style: 'main' },
      { label: 'open', value: ofPooler('servers'), ...COUNT, style: 'second' },
      { label: 'limit', value: ofPooler('serversMax'), ...COUNT, style: 'limit' },
    ],
  },
  {
    id: 'postgres',
    title: 'Postgres: connections',
    series: [
      { label: 'not idle', value: ofPostgres('active'), ...COUNT, style: 'main' },
      { label: 'all', value: ofPostgres('total'), ...COUNT, style: 'second' },
      { label: 'limit', value: ofPostgres('available'), ...COUNT, style: 'limit' },
    ],
  },
  {
    id: 'waiting',
    title: 'Waiting',
    series: [
      { label: 'at PgBouncer', value: ofPooler('waiting'), ...COUNT, style: 'main' },
      { label: 'in the app', value: ofApp('waiting'), ...COUNT, style: 'second' },
      { label: 'for a lock', value: ofPostgres('lockWaits'), ...COUNT, style: 'third' },
    ],
  },
  {
    id: 'waits',
    title: 'Longest wait',
    series: [
      { label: 'at PgBouncer', value: ofPooler('maxWaitMs'), show: showDuration, style: 'main' },
      { label: 'in the app', value: ofApp('acquireMaxMs'), show: showDuration, style: 'second' },
    ],
  },
  {
    id: 'rate',
    title: 'Queries a second',
    isPoolers: true,
    series: [
      { label: 'through PgBouncer', value: ofPooler('queriesPerSecond'), ...COUNT, style: 'main' },
    ],
  },
  {
    id: 'times',
    title: 'Query time, mean',
    isPoolers: true,
    series: [
      {
        label: 'in Postgres',
        value: ofPooler('averageQueryMs'),
        show: showDuration,
        style: 'main',
      },
      {
        label: 'waiting before it',
        value: ofPooler('averageWaitMs'),
        show: showDuration,
        style: 'second',
      },
    ],
  },
  {
    id: 'redis',
    title: 'Redis',
    series: [
      { label: 'commands a second', value: ofRedis('opsPerSecond'), ...COUNT, style: 'main' },
      {
        label: 'memory',
        value: ofRedis('usedMemoryBytes'),
        show: showMebibytes,
        style: 'second',
        isRight: true,
        steps: BINARY_STEPS,
      },
    ],
  },
];
