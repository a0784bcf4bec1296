import type { Fault } from './fault.ts';
import { type ServerTls, SYSTEM_AUTHORITIES } from './server-tls.ts';

/** Address that a Postgres client connects to. `host` may be the directory of a Unix socket. */
export interface DatabaseAddress {
  readonly host: string;
  /**
   * Directories of further sockets where any serves a connection, such as those of several
   * processes of a pooler; absent where there is one host.
   */
  readonly otherHosts?: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** TLS parameters; absent on a socket or a private network. */
  readonly tls?: ServerTls;
}

const ALLOWED =
  'postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with TLS ?sslmode=verify-full&sslrootcert=FILE, or for a socket postgresql://USER:PASSWORD@/DATABASE?host=DIRECTORY[,DIRECTORY...]&port=PORT';

/**
 * Parameters that older Prisma engines read and that pg.Pool ignores without a word, with what does
 * the work now.
 */
const DEAD_PARAMETERS: Readonly<Record<string, string>> = {
  pgbouncer:
    'Set DATABASE_STATEMENT_NAMES instead (`off` where the pooler keeps no prepared statements).',
  connection_limit: 'Set DATABASE_POOL_MAX instead.',
  max: 'Set DATABASE_POOL_MAX instead.',
  pool_timeout: 'Set DATABASE_ACQUIRE_TIMEOUT_MS instead.',
  connect_timeout: 'Set DATABASE_ACQUIRE_TIMEOUT_MS instead.',
  statement_timeout:
    'PgBouncer refuses it at connecting: set it on the role with ALTER ROLE ... SET.',
  options: 'PgBouncer refuses it at connecting: set it on the role with ALTER ROLE ... SET.',
};

const USED_PARAMETERS = ['host', 'port', 'sslmode', 'sslrootcert'];
const VERIFY_FULL = 'verify-full';

/**
 * Host that stands in for libpq's socket form: the URL standard has no form with a user and no
 * host.
 */
const STAND_IN_HOST = 'socket.invalid';

/**
 * Reads a database URL into its parts, or into all its faults. No part of the URL is ever echoed,
 * but for the names in DEAD_PARAMETERS.
 * @param readFile gives the text of the file that `sslrootcert` names.
 */
export function readDatabaseUrl(
  key: string,
  text: string,
  readFile: (path: string) => string,
): DatabaseAddress | readonly Fault[] {
  const url = parseUrl(text);
  if (url === undefined)
    return [
      {
        key,
        got: 'a text that is not such a URL',
        allowed: ALLOWED,
        remedy: 'Percent-encode user and password.',
      },
    ];

  const socketDirectory = url.searchParams.get('host');
  const [host, ...otherHosts] =
    socketDirectory?.split(',') ?? (url.hostname === STAND_IN_HOST ? [] : [decode(url.hostname)]);
  const port = Number((socketDirectory === null ? url.port : url.searchParams.get('port')) ?? '');
  const user = decode(url.username);
  const password = decode(url.password);
  const database = decode(url.pathname.slice(1));

  const missing = Object.entries({ host, user, password, database }).flatMap(([part, value]) =>
    value ? [] : [part],
  );
  if (otherHosts.length > 0 && ![host, ...otherHosts].every((place) => place?.startsWith('/')))
    missing.push('list of directories');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) missing.push('port');
  const faults = [...url.searchParams.keys()].flatMap((name) => parameterFaults(key, name));
  if (missing.length > 0) {
    faults.push({
      key,
      got: `a URL without a usable ${missing.join(', ')}`,
      allowed: ALLOWED,
      remedy: 'Give every part; there are no defaults.',
    });
  }
  const tls = readTls(key, url.searchParams, readFile);
  if (Array.isArray(tls)) faults.push(...(tls as readonly Fault[]));
  if (faults.length > 0 || !host || !user || !password || !database) return faults;
  return {
    host,
    ...(otherHosts.length === 0 ? {} : { otherHosts: otherHosts as readonly string[] }),
    port,
    user,
    password,
    database,
    ...(tls === undefined ? {} : { tls: tls as ServerTls }),
  };
}

/**
 * Reads both parameters or neither: a mode below verify-full can be tricked, and libpq's default
 * file does not exist here.
 */
function readTls(
  key: string,
  parameters: URLSearchParams,
  readFile: (path: string) => string,
): ServerTls | undefined | readonly Fault[] {
  const [mode, file] = [parameters.get('sslmode'), parameters.get('sslrootcert')];
  if (mode === null && file === null) return undefined;
  const fault = (got: string): readonly Fault[] => [
    {
      key,
      got,
      allowed:
        `sslmode=${VERIFY_FULL} together with sslrootcert, the path of a readable file or ` +
        `${SYSTEM_AUTHORITIES}`,
      remedy: 'Give both, or neither.',
    },
  ];
  if (mode !== VERIFY_FULL)
    return fault(mode === null ? 'sslrootcert without sslmode' : 'another sslmode');
  if (file === null || file === '') return fault('sslmode without sslrootcert');
  if (file === SYSTEM_AUTHORITIES) return { authorities: SYSTEM_AUTHORITIES };
  try {
    return { authorities: readFile(file) };
  } catch (error) {
    return fault(
      'an sslrootcert that cannot be read ' +
        `(${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
}

function parameterFaults(key: string, name: string): Fault[] {
  if (USED_PARAMETERS.includes(name)) return [];
  const instead = DEAD_PARAMETERS[name];
  // An unknown name may be the rest of a password that holds an unencoded `?`.
  const got =
    instead === undefined
      ? 'an unknown URL parameter'
      : `the URL parameter ${name}, which has no effect`;
  return [
    {
      key,
      got,
      allowed: USED_PARAMETERS.join(', '),
      remedy: instead ?? 'Remove it, or percent-encode a password that holds `?`.',
    },
  ];
}

function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text.replace(/@(?=\/)/, `@${STAND_IN_HOST}`));
  return url !== null && ['postgresql:', 'postgres:'].includes(url.protocol) ? url : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
