import type { Preparation } from '../app/src/database-preparation/preparation.ts';
import { planPreparation } from '../infra/app/preparation.ts';
import type { Credentials } from '../infra/credentials.ts';
import { DATABASE } from '../infra/settings/standard-names.ts';
import type { Plan } from '../infra/plan/plan.ts';
import { consoleCommand } from '../infra/running/console.ts';
import { renderPoolerUsers } from '../infra/running/pooler-files.ts';
import { docker, dockerOutput, type DockerScope, type Ended } from './docker.ts';
import { hardened, probeArguments, untilReady, writeFiles } from './image-set-up.ts';
import { type LiveSettings, planLive } from './live-plan.ts';
import { runImage } from './run-images.ts';

/**
 * Postgres and PgBouncer in containers of one scope, joined by sockets in volumes, and the app's
 * one-shot beside them.
 */
export interface PooledDatabase {
  readonly postgres: string;
  readonly pgbouncer: string;
  /** Mounts for a container that uses PgBouncer. */
  readonly poolerMount: readonly string[];
  /** Mounts for a container that uses Postgres past it. */
  readonly postgresMount: readonly string[];
  /** What both were started by. */
  readonly plan: Plan;
  /** Runs the one-shot to its end. `migrations` is a volume that replaces the image's own. */
  prepare(wanted: Preparation, migrations?: string): Promise<Ended>;
  /** Asks the server itself; the text of the rows. Throws with what psql said. */
  ask(sql: string, login?: Login): Promise<string>;
  /** Asks through PgBouncer. */
  askPooled(sql: string, login: Login): Promise<string>;
  /** One command on PgBouncer's console, as the process's own user. */
  console(command: string): Promise<string>;
}

export interface Login {
  readonly name: string;
  readonly password: string;
}

/** Starts both as `up` would: by the plan of these settings. */
export async function openPooledDatabase(
  scope: DockerScope,
  credentials: Credentials,
  settings: LiveSettings = {},
): Promise<PooledDatabase> {
  const plan = planLive(settings);
  if (plan.pooler === 'off') throw new Error('a pooled database has a pooler');
  const postgresImage = await runImage('postgres');
  const pgbouncerImage = await runImage('pgbouncer');
  const [data, postgresSockets, poolerSockets] = [
    await scope.volume('data'),
    await scope.volume('postgres-sockets'),
    await scope.volume('pooler-sockets'),
  ];
  const { superuser } = credentials;
  const config = await writeFiles(scope, 'pooler-config', {
    'pgbouncer.ini': plan.pooler.ini,
    'userlist.txt': renderPoolerUsers(credentials),
  });
  const image = await runImage('app');

  const postgresMount = ['--volume', `${postgresSockets}:/run/postgresql`];
  const poolerMount = ['--volume', `${poolerSockets}:/run/pgbouncer`];
  const { leftToImage = [], probing = 'all along', network } = settings;
  const parameters = Object.entries(plan.postgresSettings)
    .filter(([name]) => !leftToImage.includes(name))
    .flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const inside = [...hardened, ...probeArguments(probing)];
  const isolated = ['--network', 'none'];
  const postgres = await scope.run(
    ...inside,
    ...(network === undefined ? isolated : ['--network', network, '--network-alias', 'postgres']),
    '-v',
    `${data}:/var/lib/postgresql/data`,
    ...postgresMount,
    '-e',
    `POSTGRES_PASSWORD=${superuser.password}`,
    postgresImage,
    ...parameters,
  );
  await untilReady(postgres, probing);
  const pgbouncer = await scope.run(
    ...inside,
    ...isolated,
    '-v',
    `${config}:/etc/pgbouncer:ro`,
    ...postgresMount,
    ...poolerMount,
    pgbouncerImage,
  );
  await untilReady(pgbouncer, probing);

  const psql = (
    { container, options }: { readonly container: string; readonly options: readonly string[] },
    { name, password }: Login,
    sql: string,
  ) =>
    dockerOutput(
      'exec',
      '--env',
      `PGPASSWORD=${password}`,
      container,
      'psql',
      '-XqAt',
      '-v',
      'ON_ERROR_STOP=1',
      ...options,
      '-U',
      name,
      '-c',
      sql,
    );
  let runs = 0;
  return {
    postgres,
    pgbouncer,
    poolerMount,
    postgresMount,
    plan,
    async prepare(wanted, migrations) {
      const secrets = await writeFiles(scope, `preparation-${(runs += 1)}`, {
        'preparation.json': JSON.stringify(wanted),
      });
      const other =
        migrations === undefined
          ? []
          : ['-v', `${migrations}:/migrations:ro`, '-e', 'MIGRATIONS_DIRECTORY=/migrations'];
      const preparation = [
        '-v',
        `${secrets}:/run/secrets:ro`,
        '-e',
        'PREPARATION_FILE=/run/secrets/preparation.json',
      ];
      return docker(
        'run',
        '--rm',
        ...scope.labels,
        ...hardened,
        '--network',
        'none',
        ...preparation,
        ...postgresMount,
        ...poolerMount,
        ...other,
        image,
        'migrate.js',
      );
    },
    ask: (sql, login = superuser) =>
      psql({ container: postgres, options: ['-h', '/run/postgresql', '-d', DATABASE] }, login, sql),
    askPooled: (sql, login) =>
      psql(
        { container: pgbouncer, options: ['-h', '/run/pgbouncer', '-p', '6432', '-d', DATABASE] },
        login,
        sql,
      ),
    console: (command) =>
      dockerOutput('exec', pgbouncer, ...consoleCommand(command, '--no-align', '--tuples-only')),
  };
}

/** What the stack asks of the one-shot by this plan; it gives up sooner than after a minute. */
export const preparationOf = (credentials: Credentials, plan: Plan = planLive()): Preparation => ({
  ...planPreparation(plan, credentials),
  waitSeconds: 20,
});
