import { EXAMPLE_AUTHORITY } from './example-authority.ts';

type Raw = Readonly<Record<string, unknown>>;

/** An environment whose resources are held as a golden file of the same name. */
export interface ResourceCase {
  readonly environment: 'dev' | 'prod';
  readonly settings: Raw;
}

const pooler = { poolSize: 5, minPoolSize: 2, reservePoolSize: 3 };
const images = {
  app: 'registry.example/app:1.0.0',
  pgbouncer: 'registry.example/pgbouncer:1.0.0',
  redis: 'registry.example/redis:1.0.0',
};

/** The settings of Pulumi.dev.yaml, copied: a setting changed there changes no golden file. */
const dev: Raw = {
  target: 'docker',
  credentialsVersion: 1,
  app: { logFormat: 'pretty' },
  pooler: { publishPort: 6_432 },
  postgres: { protect: false },
  redis: { protect: false },
};

/** The settings of Pulumi.prod.yaml, and the images that an update adds to them. */
const prod: Raw = {
  target: 'kubernetes',
  credentialsVersion: 1,
  images: { ...images, postgres: 'registry.example/postgres:1.0.0' },
  app: { replicas: 2, maxReplicas: 4 },
  pooler,
};

const otherApp = {
  image: 'registry.example/notes:1.0.0',
  command: ['notes', 'serve'],
  health: { path: '/healthz' },
  migrate: ['notes', 'migrate'],
  env: { SHARDS: 2 },
  secrets: { DISCORD_TOKEN: 'in the settings of this stack' },
};

const external = { host: 'db.example.net', caCertificate: EXAMPLE_AUTHORITY };

/** Cases by the name of their golden file. Backups need protected data: `dev` has none. */
export const resourceCases: Readonly<Record<string, ResourceCase>> = {
  dev: { environment: 'dev', settings: dev },
  prod: { environment: 'prod', settings: prod },
  'prod-shared-pooler': {
    environment: 'prod',
    settings: { ...prod, pooler: { ...pooler, placement: 'shared' } },
  },
  'pooler-processes-docker': {
    environment: 'dev',
    settings: { ...dev, pooler: { publishPort: 6_432, processes: 2 } },
  },
  'pooler-off-docker': {
    environment: 'dev',
    settings: { ...dev, pooler: { enabled: false } },
  },
  'pooler-off-kubernetes': {
    environment: 'prod',
    settings: { ...prod, pooler: { enabled: false } },
  },
  'external-postgres-docker': {
    environment: 'dev',
    settings: { ...dev, postgres: { protect: false, external } },
  },
  'external-postgres-kubernetes': {
    environment: 'prod',
    settings: { ...prod, images, postgres: { external: { ...external, cidr: '10.20.0.0/24' } } },
  },
  'other-app-docker': {
    environment: 'dev',
    settings: { ...dev, app: otherApp },
  },
  'other-app-kubernetes': {
    environment: 'prod',
    settings: {
      ...prod,
      app: { ...otherApp, replicas: 2, driver: 'psycopg', secretsAs: 'env', user: 1_000 },
    },
  },
  'backup-on-docker': {
    environment: 'dev',
    settings: { ...dev, pooler: {}, postgres: { protect: true }, redis: { protect: true } },
  },
  'backup-off-kubernetes': {
    environment: 'prod',
    settings: { ...prod, backup: { enabled: false } },
  },
};
