import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerOutput, inspect, type DockerScope } from '../../e2e/docker.ts';
import { hardened, untilReady, writeFiles } from '../../e2e/image-set-up.ts';
import { openLiveEnvironment, type LiveEnvironment } from '../../e2e/live-app.ts';
import { runImage } from '../../e2e/run-images.ts';
import { deriveCredentials, type Credentials } from '../../infra/credentials.ts';
import { renderPoolerUsers } from '../../infra/running/pooler-files.ts';
import { seedPresence } from './seed.ts';

/** Postgres, Redis and PgBouncer as the stack makes them, shared by all that is measured. */
export interface BenchServers {
  readonly scope: DockerScope;
  readonly credentials: Credentials;
  readonly live: LiveEnvironment;
  /** Network in which Postgres is `postgres` and Redis is `redis`. */
  readonly network: string;
  /**
   * Starts one more PgBouncer, with the common pgbouncer.ini, that reaches Postgres over TCP and is
   * reached so under this name.
   */
  openCommonPooler(name: string): Promise<string>;
}

const COMMON_INI = join(import.meta.dirname, '..', 'peers', 'common-pgbouncer.ini');

/** As the stack has them by default, where a test's environment is smaller. */
const POOLER = { poolSize: 25, minPoolSize: 5, reservePoolSize: 5 };
/** Room for every peer's pool beside our own. */
const POSTGRES = { maxConnections: 250, memoryMiB: 3_584 };

export async function openBenchServers(scope: DockerScope): Promise<BenchServers> {
  const network = await scope.network('net');
  const credentials = deriveCredentials({
    rootSecret: randomBytes(32).toString('hex'),
    version: 1,
  });
  const live = await openLiveEnvironment(scope, credentials, {
    pooler: POOLER,
    postgres: POSTGRES,
    probing: 'at the start',
    network,
  });
  await seedPresence(live);
  return {
    scope,
    credentials,
    live,
    network,
    async openCommonPooler(name) {
      const config = await writeFiles(scope, `config-of-${name}`, {
        'pgbouncer.ini': readFileSync(COMMON_INI, 'utf8'),
        'userlist.txt': renderPoolerUsers(credentials),
      });
      const id = await scope.run(
        ...hardened,
        '--no-healthcheck',
        '--network',
        network,
        '--network-alias',
        name,
        '--tmpfs',
        '/run/pgbouncer:uid=998,gid=998',
        '--volume',
        `${config}:/etc/pgbouncer:ro`,
        await runImage('pgbouncer'),
      );
      await untilReady(id, 'at the start');
      return id;
    },
  };
}

/**
 * Where a container is reached without the engine's proxy for published ports, a busy process of
 * its own.
 */
export const addressOf = async (container: string): Promise<string> =>
  (await inspect(container, '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}')).split(
    ' ',
  )[0] ?? '';

export const removeContainers = async (ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await dockerOutput('rm', '--force', ...ids);
};
