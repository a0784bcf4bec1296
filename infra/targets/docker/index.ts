import * as pulumi from '@pulumi/pulumi';
import { POOLER_PORT, POSTGRES_PORT } from '../../plan/addresses.ts';
import { tcpUrl } from '../../app/environment.ts';
import type { Credential, Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { tlsParameters } from '../../plan/postgres/external.ts';
import { addressApp } from '../../plan/app-address.ts';
import type { Endpoints } from '../endpoints.ts';
import type { Outside } from '../outside.ts';
import { type AppSurroundings, deployApp, deployMigrate, deployPlannedLimits } from './app.ts';
import { deployBackup } from './backup.ts';
import { deployImage } from './image.ts';
import { deployNetworks } from './networks.ts';
import { deployPgbouncer } from './pgbouncer.ts';
import { deployPostgres } from './postgres.ts';
import { deployRedis } from './redis.ts';

/** One machine: Postgres, unless it is elsewhere, <- socket - PgBouncer <- socket - app, Redis beside them, on a network that leads nowhere else. */
export function deployDocker(plan: Plan, credentials: Credentials, outside: Outside): Endpoints {
  const engine = outside.readEngine();
  // Bundled here, so that a plain `pulumi up` deploys the sources as they are; quick when nothing changed.
  if (plan.settings.images.app === undefined) outside.bundleApp(engine);
  const networks = deployNetworks(plan.settings.environment);
  const postgres =
    plan.settings.postgres.external === undefined
      ? deployPostgres(engine, networks, plan, credentials)
      : 'external';
  const redis = deployRedis(engine, networks, plan, credentials);
  const pooler =
    plan.pooler === 'off'
      ? undefined
      : deployPgbouncer(engine, networks, plan, plan.pooler, credentials, postgres);
  const surroundings: AppSurroundings = {
    engine,
    networks,
    plan,
    credentials,
    image: deployAppImage(plan),
  };
  const own = postgres === 'external' ? [] : [postgres];
  const sockets = [
    ...own.map(({ socket }) => socket),
    ...(pooler === undefined ? [] : [pooler.socket]),
  ];
  const servers = [
    ...own.map(({ container }) => container),
    ...(pooler === undefined ? [] : [pooler.reloaded]),
  ];
  const migrated = deployMigrate(surroundings, sockets, servers);
  if (plan.backup !== 'off' && postgres !== 'external' && postgres.repository !== 'off')
    deployBackup(plan, plan.backup, credentials, { ...postgres, repository: postgres.repository }, [
      postgres.container,
      migrated,
    ]);
  const limits = deployPlannedLimits(surroundings, servers.slice(-1));
  deployApp(surroundings, sockets, limits, [migrated, redis]);
  return describeEndpoints(plan, credentials);
}

function deployAppImage({ settings }: Plan): pulumi.Output<string> {
  const { environment, images } = settings;
  return deployImage({ environment, component: 'app', folder: 'app', reference: images.app });
}

function describeEndpoints({ settings, pooler }: Plan, credentials: Credentials): Endpoints {
  const { publishPort } = settings.pooler;
  const { external } = settings.postgres;
  const direct = (login: Credential): string =>
    tcpUrl(
      login,
      external === undefined ? `postgres:${POSTGRES_PORT}` : `${external.host}:${external.port}`,
      external?.database,
    ) + tlsParameters(external);
  const pooled = publishPort === 'off' ? `pgbouncer:${POOLER_PORT}` : `127.0.0.1:${publishPort}`;
  return {
    ...addressApp(settings),
    adminToken: pulumi.secret(credentials.adminToken),
    databaseUrl: pulumi.secret(
      pooler === 'off' ? direct(credentials.app) : tcpUrl(credentials.app, pooled),
    ),
    databaseUrlDirect: pulumi.secret(direct(credentials.owner)),
    pgbouncerAdminUrl: pulumi.secret(
      pooler === 'off' ? '' : tcpUrl(credentials.poolerAdmin, pooled, 'pgbouncer'),
    ),
  };
}
