import type { Preparation } from '../app/src/database-preparation/preparation.ts';
import type { Credential, Credentials } from '../infra/credentials.ts';
import { renderIni } from '../pgbouncer/ini.ts';
import { renderUserlist } from '../pgbouncer/userlist.ts';
import { docker, dockerOutput, untilHealth, type DockerScope, type Ended } from './docker.ts';
import { asRoot, hardened, quickProbe, writeFiles } from './image-set-up.ts';
import { runImage } from './run-images.ts';

/** Postgres and PgBouncer in containers of one scope, joined by sockets in volumes, and the app's one-shot beside them. */
export interface PooledDatabase {
  readonly postgres: string;
  readonly pgbouncer: string;
  /** Mounts for a container that uses PgBouncer. */
  readonly poolerMount: readonly string[];
  /** Mounts for a container that uses Postgres past it. */
  readonly postgresMount: readonly string[];
  /** What both were started with. */
  readonly keys: DatabaseKeys;
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

export const DATABASE = 'spywatcher';

const SERVER = 'host=/run/postgresql port=5432';

/** Keys of both servers by their own names. */
export interface DatabaseKeys {
  readonly pgbouncer: Readonly<Record<string, string>>;
  readonly postgres: Readonly<Record<string, string>>;
}

/** Numbers small enough to see. */
const KEYS = {
  pgbouncer: {
    unix_socket_dir: '/run/pgbouncer',
    listen_port: '6432',
    auth_type: 'scram-sha-256',
    auth_file: '/etc/pgbouncer/userlist.txt',
    admin_users: 'pgbouncer_admin',
    stats_users: 'pgbouncer_monitor',
    pool_mode: 'transaction',
    default_pool_size: '5',
    reserve_pool_size: '0',
    max_client_conn: '100',
    max_prepared_statements: '200',
    query_wait_timeout: '5',
    server_login_retry: '1',
  },
  postgres: {
    max_connections: '100',
    reserved_connections: '10',
    superuser_reserved_connections: '3',
  },
} as const;

/** `changed` replaces or adds keys. */
export async function openPooledDatabase(
  scope: DockerScope,
  credentials: Credentials,
  changed: Partial<DatabaseKeys> = {},
): Promise<PooledDatabase> {
  const keys: DatabaseKeys = {
    pgbouncer: { ...KEYS.pgbouncer, ...changed.pgbouncer },
    postgres: { ...KEYS.postgres, ...changed.postgres },
  };
  const postgresImage = await runImage('postgres');
  const pgbouncerImage = await runImage('pgbouncer');
  const [data, postgresSockets, poolerSockets] = [
    await scope.volume('data'),
    await scope.volume('postgres-sockets'),
    await scope.volume('pooler-sockets'),
  ];
  const { superuser, app, owner, poolerAdmin, poolerMonitor } = credentials;
  const config = await writeFiles(scope, 'pooler-config', {
    'pgbouncer.ini': renderIni({
      databases: { [DATABASE]: SERVER, postgres: SERVER },
      pgbouncer: keys.pgbouncer,
    }),
    'userlist.txt': renderUserlist(
      [superuser, owner, app, poolerAdmin, poolerMonitor].map(({ name, verifier }) => ({
        name,
        secret: verifier,
      })),
    ),
  });
  const image = await runImage('app');

  const postgresMount = ['--volume', `${postgresSockets}:/run/postgresql`];
  const poolerMount = ['--volume', `${poolerSockets}:/run/pgbouncer`];
  const parameters = Object.entries(keys.postgres).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const isolated = [...hardened, ...quickProbe, '--network', 'none'];
  const postgres = await scope.run(
    ...isolated,
    '-v',
    `${data}:/var/lib/postgresql/data`,
    ...postgresMount,
    '-e',
    `POSTGRES_PASSWORD=${superuser.password}`,
    postgresImage,
    ...parameters,
  );
  await untilHealth(postgres, 'healthy');
  const pgbouncer = await scope.run(
    ...isolated,
    '-v',
    `${config}:/etc/pgbouncer:ro`,
    ...postgresMount,
    ...poolerMount,
    pgbouncerImage,
  );
  await untilHealth(pgbouncer, 'healthy');

  const psql = (
    container: string,
    options: readonly string[],
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
    keys,
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
      psql(postgres, ['-h', '/run/postgresql', '-d', DATABASE], login, sql),
    askPooled: (sql, login) =>
      psql(pgbouncer, ['-h', '/run/pgbouncer', '-p', '6432', '-d', DATABASE], login, sql),
    console: (command) =>
      psql(
        pgbouncer,
        ['-h', '/run/pgbouncer', '-p', '6432', '-d', 'pgbouncer'],
        { name: 'pgbouncer', password: '' },
        command,
      ),
  };
}

/** What the stack would ask for, with settings small enough to see. */
export function preparationOf(credentials: Credentials): Preparation {
  const { superuser, owner, app, earlierApps, monitor, poolerAdmin, earlierSuperuserPasswords } =
    credentials;
  const appRole = ({ name, verifier }: Credential): Preparation['app'] => ({
    name,
    verifier,
    settings: { statement_timeout: '8000ms', lock_timeout: '3000ms' },
  });
  return {
    server: { host: '/run/postgresql', port: 5432 },
    database: DATABASE,
    superuser: {
      name: superuser.name,
      passwords: [superuser.password, ...earlierSuperuserPasswords],
      verifier: superuser.verifier,
    },
    owner,
    app: appRole(app),
    earlierApps: earlierApps.map(appRole),
    monitor: {
      name: monitor.name,
      verifier: monitor.verifier,
      settings: { statement_timeout: '3000ms' },
    },
    pooler: {
      host: '/run/pgbouncer',
      port: 6432,
      user: poolerAdmin.name,
      password: poolerAdmin.password,
    },
    waitSeconds: 20,
  };
}

/** A volume of migration folders, `name: sql`. */
export async function writeMigrations(
  scope: DockerScope,
  suffix: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const volume = await scope.volume(`migrations-${suffix}`);
  for (const [name, sql] of Object.entries(files)) {
    await asRoot(
      scope,
      volume,
      'mkdir -p "/volume/$2" && printf %s "$1" >"/volume/$2/migration.sql"',
      sql,
      name,
    );
  }
  return volume;
}
