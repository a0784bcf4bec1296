import type { ResourceChange } from '../../changes/resource-changes.ts';
import { each, sames } from './engine-changes.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A change of settings, and what the engine says that it does, taken from real previews. */
export interface ChangeExample {
  readonly environment: 'dev' | 'prod';
  /** `'nothing'`: there is no such environment yet. */
  readonly before: Raw | 'nothing';
  readonly after: Raw;
  readonly engine: readonly ResourceChange[];
}

const dev = {
  target: 'docker',
  credentialsVersion: 1,
  pooler: { publishPort: 6_432 },
  postgres: { protect: false },
  redis: { protect: false },
};
const images = {
  app: 'registry/app:1',
  postgres: 'registry/postgres:1',
  pgbouncer: 'registry/pgbouncer:1',
  redis: 'registry/redis:1',
};
const prod = {
  target: 'kubernetes',
  credentialsVersion: 1,
  images,
  app: { replicas: 2, maxReplicas: 4 },
  pooler: { poolSize: 5, minPoolSize: 2, reservePoolSize: 3 },
};

/** One of each kind of change that a pull request brings. */
export const changeExamples: Readonly<Record<string, ChangeExample>> = {
  reload: {
    environment: 'dev',
    before: dev,
    after: { ...dev, pooler: { ...dev.pooler, poolSize: 30 } },
    engine: [
      ...each(
        'replace Container',
        ['app-monitoring-files', 'pgbouncer-files', 'pgbouncer-reload'],
        ['uploads'],
      ),
      ...each('update Stash', ['pgbouncer-reload-done'], ['input']),
      ...sames(27),
    ],
  },
  'restart-only': {
    environment: 'dev',
    before: dev,
    after: { ...dev, pooler: { ...dev.pooler, settings: { listen_backlog: 2_048 } } },
    engine: [
      ...each(
        'replace Container',
        ['app-monitoring-files', 'pgbouncer', 'pgbouncer-files', 'pgbouncer-reload'],
        ['labels[3].value'],
      ),
      ...each('update Stash', ['pgbouncer-reload-done'], ['input']),
      ...sames(26),
    ],
  },
  processes: {
    environment: 'dev',
    before: dev,
    after: { ...dev, pooler: { ...dev.pooler, processes: 2 } },
    engine: [
      ...each('create Container', ['pgbouncer-2']),
      ...each(
        'replace Container',
        [
          'app',
          'app-files',
          'app-monitoring-files',
          'migrate',
          'migrate-files',
          'pgbouncer-files',
          'pgbouncer-reload',
        ],
        ['labels[3].value'],
      ),
      ...each('update Stash', ['migrate-done', 'pgbouncer-reload-done'], ['input']),
      ...sames(22),
    ],
  },
  'restart-of-processes': {
    environment: 'dev',
    before: { ...dev, pooler: { ...dev.pooler, processes: 2 } },
    after: {
      ...dev,
      pooler: { ...dev.pooler, processes: 2, settings: { listen_backlog: 2_048 } },
    },
    engine: [
      ...each(
        'replace Container',
        ['app-monitoring-files', 'pgbouncer', 'pgbouncer-2', 'pgbouncer-files', 'pgbouncer-reload'],
        ['labels[3].value'],
      ),
      ...each('update Stash', ['pgbouncer-reload-done'], ['input']),
      ...sames(26),
    ],
  },
  image: {
    environment: 'dev',
    before: dev,
    after: { ...dev, images: { pgbouncer: 'registry/pgbouncer:2' } },
    engine: [
      ...each('replace RemoteImage', ['pgbouncer-image'], ['name']),
      ...each('replace Container', ['pgbouncer', 'pgbouncer-files', 'pgbouncer-reload'], ['image']),
      ...each('update Stash', ['pgbouncer-reload-done'], ['input']),
      ...sames(26),
    ],
  },
  replicas: {
    environment: 'prod',
    before: prod,
    after: { ...prod, app: { replicas: 3, maxReplicas: 4 } },
    engine: [
      ...each('update HorizontalPodAutoscaler', ['app-autoscaler'], ['spec.minReplicas']),
      ...sames(37),
    ],
  },
  'max-replicas-over-budget': {
    environment: 'prod',
    before: prod,
    after: { ...prod, app: { replicas: 2, maxReplicas: 5 } },
    engine: [],
  },
  'pooler-off': {
    environment: 'dev',
    before: dev,
    after: { ...dev, pooler: { enabled: false } },
    engine: [
      ...each(
        'replace Container',
        ['app', 'app-files', 'app-monitoring-files', 'migrate', 'migrate-files'],
        ['labels[3].value'],
      ),
      ...each('update Stash', ['migrate-done'], ['input']),
      ...each('delete Container', ['pgbouncer', 'pgbouncer-files', 'pgbouncer-reload']),
      ...each('delete Stash', ['pgbouncer-reload-done']),
      ...each('delete Volume', ['pgbouncer-config', 'pgbouncer-socket']),
      ...each('delete RemoteImage', ['pgbouncer-image']),
      ...sames(18),
    ],
  },
  'placement-shared': {
    environment: 'prod',
    before: prod,
    after: { ...prod, pooler: { ...prod.pooler, placement: 'shared' } },
    engine: [
      ...each('create Deployment', ['pgbouncer']),
      ...each('create Service', ['pgbouncer-service']),
      ...each('create ServiceAccount', ['pgbouncer-account']),
      ...each('create PodDisruptionBudget', ['pgbouncer-disruption']),
      ...each('create NetworkPolicy', ['pgbouncer-network-in', 'pgbouncer-network-out']),
      ...each(
        'update ConfigMap',
        ['app-monitoring-config', 'pgbouncer-config'],
        ['data["pgbouncer.ini"]'],
      ),
      ...each('update Secret', ['app-secret'], ['data.database-url']),
      ...each(
        'update Deployment',
        ['app'],
        [
          'spec.template.metadata.annotations.spywatcher/started-with',
          'spec.template.spec.initContainers',
        ],
      ),
      ...each('update Stash', ['pgbouncer-reloaded'], ['input']),
      ...sames(33),
    ],
  },
  'database-storage': {
    environment: 'prod',
    before: prod,
    after: { ...prod, postgres: { storageGiB: 50 } },
    engine: [
      ...each(
        'update PersistentVolumeClaim',
        ['postgres-data'],
        ['spec.resources.requests.storage'],
      ),
      ...sames(37),
    ],
  },
  'new-environment': {
    environment: 'dev',
    before: 'nothing',
    after: dev,
    engine: [
      ...each('create Container', [
        'app',
        'app-files',
        'app-monitoring-files',
        'migrate',
        'migrate-files',
        'pgbouncer',
        'pgbouncer-files',
        'pgbouncer-reload',
        'postgres',
        'postgres-files',
        'redis',
        'redis-files',
      ]),
      ...each('create Volume', [
        'app-monitoring',
        'app-secrets',
        'migrate-secrets',
        'pgbouncer-config',
        'pgbouncer-socket',
        'postgres-data',
        'postgres-secrets',
        'postgres-socket',
        'redis-config',
        'redis-data',
      ]),
      ...each('create Network', ['edge-network', 'internal-network']),
      ...each('create RemoteImage', [
        'app-image',
        'pgbouncer-image',
        'postgres-image',
        'redis-image',
      ]),
      ...each('create Stash', ['migrate-done', 'pgbouncer-reload-done']),
      ...each('create Stack', ['spywatcher-dev']),
    ],
  },
  'no-change': { environment: 'dev', before: dev, after: dev, engine: sames(31) },
};
