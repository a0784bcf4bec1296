import * as pulumi from '@pulumi/pulumi';
import { tcpUrl } from '../../app/database-url.ts';
import type { Credential, Credentials } from '../../credentials.ts';
import { POOLER_PORT, POSTGRES_PORT } from '../../settings/standard-names.ts';
import { addressApp } from '../../plan/app-address.ts';
import { namespaceName } from '../../plan/kubernetes-names.ts';
import type { Plan } from '../../plan/plan.ts';
import { tlsParameters } from '../../plan/postgres/external.ts';
import type { Endpoints } from '../endpoints.ts';
import type { Outside } from '../outside.ts';
import { App } from './app.ts';
import { Backup } from './backup.ts';
import { openCluster } from './cluster.ts';
import { Migrate } from './migrate.ts';
import { PgBouncer } from './pgbouncer.ts';
import { Postgres } from './postgres.ts';
import { Redis } from './redis.ts';

/**
 * Deploys to a namespace: Postgres <- PgBouncer <- app, Redis beside them, with every way that is
 * not needed closed.
 */
export function deployKubernetes(
  plan: Plan,
  credentials: Credentials,
  outside: Outside,
): Endpoints {
  const { settings, pooler, backup } = plan;
  const identity = outside.readClusterIdentity(settings);
  const cluster = openCluster({ plan, credentials, identity });
  const { policies } = cluster.network;
  const postgres = settings.postgres.external === undefined ? [new Postgres(cluster).running] : [];
  const redis = new Redis(cluster).running;
  const app = new App(cluster);
  const migrated = new Migrate(cluster, { dependsOn: [...policies, ...postgres] }).job;
  if (backup !== 'off')
    new Backup(cluster, { backup, dependsOn: [...policies, ...postgres, migrated] });
  if (pooler === 'off') {
    app.start([...policies, migrated, redis]);
    return describeEndpoints(plan, credentials);
  }
  const pgbouncer = new PgBouncer(cluster, { pooler });
  const underApp = [...policies, ...pgbouncer.files, redis];
  if (settings.pooler.placement === 'shared') {
    const tier = pgbouncer.deployTier([...policies, ...postgres]);
    // Before the app: it comes with what the bouncers must know by then, a new password or more
    // clients.
    const reloaded = pgbouncer.reload([tier, ...app.limits, migrated]);
    app.start([...underApp, pgbouncer.reconnect(migrated, [reloaded])]);
  } else {
    const rolledOut = app.start([...underApp, pgbouncer.reconnect(migrated)]);
    pgbouncer.reload([rolledOut, ...app.limits]);
  }
  return describeEndpoints(plan, credentials);
}

function describeEndpoints({ settings, pooler }: Plan, credentials: Credentials): Endpoints {
  const { environment } = settings;
  const inside = (name: string, port: number): string =>
    `${name}.${namespaceName(environment)}.svc:${port}`;
  const { external } = settings.postgres;
  const direct = (login: Credential): string =>
    tcpUrl(
      login,
      external === undefined
        ? inside('postgres', POSTGRES_PORT)
        : `${external.host}:${external.port}`,
      external?.database,
    ) + tlsParameters(external);
  // A sidecar listens on a socket in its pod alone: there is no way to it from anywhere else.
  const isShared = pooler !== 'off' && settings.pooler.placement === 'shared';
  const pooled = inside('pgbouncer', POOLER_PORT);
  const databaseUrl = (): string => {
    if (pooler === 'off') return direct(credentials.app);
    return isShared ? tcpUrl(credentials.app, pooled) : '';
  };
  return {
    ...addressApp(settings),
    adminToken: pulumi.secret(credentials.adminToken),
    databaseUrl: pulumi.secret(databaseUrl()),
    databaseUrlDirect: pulumi.secret(direct(credentials.owner)),
    pgbouncerAdminUrl: pulumi.secret(
      isShared ? tcpUrl(credentials.poolerAdmin, pooled, 'pgbouncer') : '',
    ),
  };
}
