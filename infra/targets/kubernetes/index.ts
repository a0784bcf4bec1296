import * as pulumi from '@pulumi/pulumi';
import { POOLER_PORT, POSTGRES_PORT } from '../../plan/addresses.ts';
import { tcpUrl } from '../../app/environment.ts';
import type { Credential, Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { tlsParameters } from '../../plan/postgres/external.ts';
import { addressApp } from '../../plan/app-address.ts';
import type { Endpoints } from '../endpoints.ts';
import type { Outside } from '../outside.ts';
import { deployApp, deployPlannedLimits } from './app.ts';
import { deployBackup } from './backup.ts';
import { openCluster } from './cluster.ts';
import { readImages } from './images.ts';
import { deployIngress } from './ingress.ts';
import { deployMigrate } from './migrate.ts';
import { namespaceName } from '../../plan/kubernetes-names.ts';
import { deployNetworkPolicies } from './network-policies.ts';
import { deployPoolerFiles, deploySharedPooler } from './pgbouncer.ts';
import { deployReconnect, deployReload } from './pooler-control.ts';
import { deployPostgres } from './postgres.ts';
import { deployRedis } from './redis.ts';

/** A namespace: Postgres <- PgBouncer <- app, Redis beside them, with every way that is not needed closed. */
export function deployKubernetes(
  plan: Plan,
  credentials: Credentials,
  outside: Outside,
): Endpoints {
  const { settings, pooler } = plan;
  const images = readImages(settings);
  const cluster = openCluster(settings, outside.readClusterIdentity(settings));
  const policies = deployNetworkPolicies(cluster, plan);
  const postgres =
    settings.postgres.external === undefined
      ? [deployPostgres(cluster, images, plan, credentials)]
      : [];
  const redis = deployRedis(cluster, images, plan, credentials);
  const limits = deployPlannedLimits(cluster, plan);
  const migrated = deployMigrate(cluster, images, plan, credentials, [...policies, ...postgres]);
  if (plan.backup !== 'off')
    deployBackup(cluster, images, plan, plan.backup, credentials, [
      ...policies,
      ...postgres,
      migrated,
    ]);
  if (pooler === 'off') {
    deployApp(cluster, images, plan, credentials, [...policies, limits, migrated, redis]);
  } else {
    const files = deployPoolerFiles(cluster, pooler, credentials);
    const underApp = [...policies, ...files.resources, limits, redis];
    if (settings.pooler.placement === 'shared') {
      const tier = deploySharedPooler(cluster, images, plan, pooler, [
        ...policies,
        ...files.resources,
        ...postgres,
      ]);
      // Before the app: it comes with what the bouncers must know by then, a new password or more clients.
      const reloaded = deployReload(settings, pooler, files, [tier, limits, migrated]);
      deployApp(cluster, images, plan, credentials, [
        ...underApp,
        deployReconnect(settings, migrated, [reloaded]),
      ]);
    } else {
      const app = deployApp(cluster, images, plan, credentials, [
        ...underApp,
        deployReconnect(settings, migrated),
      ]);
      deployReload(settings, pooler, files, [app, limits]);
    }
  }
  deployIngress(cluster, settings);
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
  const pooled =
    pooler !== 'off' && settings.pooler.placement === 'shared'
      ? inside('pgbouncer', POOLER_PORT)
      : undefined;
  return {
    ...addressApp(settings),
    adminToken: pulumi.secret(credentials.adminToken),
    databaseUrl: pulumi.secret(
      pooler === 'off'
        ? direct(credentials.app)
        : pooled === undefined
          ? ''
          : tcpUrl(credentials.app, pooled),
    ),
    databaseUrlDirect: pulumi.secret(direct(credentials.owner)),
    pgbouncerAdminUrl: pulumi.secret(
      pooled === undefined ? '' : tcpUrl(credentials.poolerAdmin, pooled, 'pgbouncer'),
    ),
  };
}
