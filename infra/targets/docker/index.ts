import * as pulumi from '@pulumi/pulumi';
import { tcpUrl } from '../../app/database-url.ts';
import type { Credential, Credentials } from '../../credentials.ts';
import { POOLER_PORT, POSTGRES_PORT } from '../../settings/standard-names.ts';
import { addressApp } from '../../plan/app-address.ts';
import type { Plan } from '../../plan/plan.ts';
import { tlsParameters } from '../../plan/postgres/external.ts';
import type { Endpoints } from '../endpoints.ts';
import type { Outside } from '../outside.ts';
import { App } from './app.ts';
import { Backup } from './backup.ts';
import { wayToDatabase } from './database.ts';
import { Migrate } from './migrate.ts';
import { openDocker } from './open-docker.ts';
import { PgBouncer } from './pgbouncer.ts';
import { Postgres } from './postgres.ts';
import { Redis } from './redis.ts';

/**
 * Deploys to one machine: Postgres, unless it is elsewhere, <- socket - PgBouncer <- socket - app,
 * Redis beside them, on a network that leads nowhere else.
 */
export function deployDocker(plan: Plan, credentials: Credentials, outside: Outside): Endpoints {
  const { settings, pooler, backup } = plan;
  const engine = outside.readEngine();
  const docker = openDocker({ plan, credentials, engine });
  const postgres = settings.postgres.external === undefined ? new Postgres(docker) : 'external';
  const redis = new Redis(docker);
  const pgbouncer = pooler === 'off' ? 'off' : new PgBouncer(docker, { pooler, postgres });
  const database = wayToDatabase(postgres, pgbouncer);
  // Bundled here, so that a plain `pulumi up` deploys the sources as they are; quick when nothing
  // changed.
  const bundled = settings.images.app === undefined ? { bundled: outside.bundleApp(engine) } : {};
  const app = new App(docker, { database, ...bundled });
  const image = plan.app === 'ours' ? app.image : undefined;
  const { done: migrated } = new Migrate(docker, { image, database, ...bundled });
  if (backup !== 'off' && postgres !== 'external' && postgres.repository !== 'off')
    new Backup(docker, { backup, postgres, repository: postgres.repository, migrated });
  app.start([migrated, redis.container]);
  return describeEndpoints(plan, credentials);
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
