import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { POOLER_PORT, POSTGRES_PORT } from '../../addresses.ts';
import { tcpUrl } from '../../app-env.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan.ts';
import type { Endpoints } from '../target.ts';
import { type AppSurroundings, deployApp, deployMigrate, deployPlannedLimits } from './app.ts';
import { deployBackup } from './backup.ts';
import { type Engine, readEngine } from './engine.ts';
import { deployImage } from './image.ts';
import { deployNetworks } from './networks.ts';
import { deployPgbouncer } from './pgbouncer.ts';
import { deployPostgres } from './postgres.ts';
import { deployRedis } from './redis.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** One machine: Postgres <- socket - PgBouncer <- socket - app, Redis beside them, on a network that leads nowhere else. */
export function deployDocker(plan: Plan, credentials: Credentials): Endpoints {
  const engine = readEngine();
  const networks = deployNetworks(plan.settings.environment);
  const postgres = deployPostgres(engine, networks, plan, credentials);
  const redis = deployRedis(engine, networks, plan, credentials);
  const pooler = plan.pooler === 'off' ? undefined : deployPgbouncer(engine, networks, plan, plan.pooler, credentials, postgres);
  const surroundings: AppSurroundings = { engine, networks, plan, credentials, image: deployAppImage(plan, engine) };
  const sockets = pooler === undefined ? [postgres.socket] : [postgres.socket, pooler.socket];
  const migrated = deployMigrate(
    surroundings,
    sockets,
    pooler === undefined ? [postgres.container] : [postgres.container, pooler.reloaded],
  );
  if (plan.backup !== 'off' && postgres.repository !== 'off') deployBackup(plan, plan.backup, credentials, { ...postgres, repository: postgres.repository }, [postgres.container, migrated]);
  const limits = deployPlannedLimits(surroundings, [pooler?.reloaded ?? postgres.container]);
  deployApp(surroundings, sockets, limits, [migrated, redis]);
  return describeEndpoints(plan, credentials);
}

function deployAppImage({ settings }: Plan, { cpu }: Engine): pulumi.Output<string> {
  const { environment, images } = settings;
  // Bundled here, so that a plain `pulumi up` deploys the sources as they are; quick when nothing changed.
  if (images.app === undefined) execFileSync(process.execPath, [resolve(ROOT, 'tools/bundle-app.ts'), '--cpu', cpu], { stdio: ['ignore', 'ignore', 'inherit'] });
  return deployImage({ environment, component: 'app', folder: 'app', reference: images.app });
}

function describeEndpoints({ settings, pooler }: Plan, credentials: Credentials): Endpoints {
  const { app } = settings;
  const { publishPort } = settings.pooler;
  const direct = `postgres:${POSTGRES_PORT}`;
  const pooled = publishPort === 'off' ? `pgbouncer:${POOLER_PORT}` : `127.0.0.1:${publishPort}`;
  return {
    appUrl: `http://127.0.0.1:${app.port}`,
    adminUrl: `http://127.0.0.1:${app.adminPort}/api/admin/monitoring`,
    adminToken: pulumi.secret(credentials.adminToken),
    databaseUrl: pulumi.secret(tcpUrl(credentials.app, pooler === 'off' ? direct : pooled)),
    databaseUrlDirect: pulumi.secret(tcpUrl(credentials.owner, direct)),
    pgbouncerAdminUrl: pulumi.secret(pooler === 'off' ? '' : tcpUrl(credentials.poolerAdmin, pooled, 'pgbouncer')),
  };
}
