import { findFreePort } from '../app/src/testing/free-port.ts';
import { dockerOutput, type DockerScope, untilHealth } from './docker.ts';
import { quickProbe } from './image-set-up.ts';
import { runImage } from './run-images.ts';

/**
 * Two authorities and certificates for servers, in a volume that servers mount; nobody else has
 * their keys.
 */
export interface TestAuthorities {
  readonly volume: string;
  /** PEM. */
  readonly authority: string;
  readonly otherAuthority: string;
  /**
   * Signs another certificate for the servers' address, by the other authority; a server reads it
   * when it reloads.
   */
  signByOther(): Promise<void>;
}

/**
 * A Postgres that the stack did not make: TLS for everyone, reached over an address of this
 * machine.
 */
export interface ExternalServer {
  readonly container: string;
  readonly port: number;
  /** Asks as its superuser, from inside the container; rows with `|` between the fields. */
  ask(sql: string, database?: string): Promise<string>;
}

export const SUPERUSER_PASSWORD = 'canary-of-the-superuser';
const TLS_DIRECTORY = '/tls';
const SIGN = 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
const MAKE_AUTHORITIES = `
cd /volume
for name in authority other; do
  ${SIGN} -subj "/CN=$name of this test" -keyout $name.key -out $name.crt
done
printf '%s\\n' 'local all all scram-sha-256' 'hostssl all all all scram-sha-256' >pg_hba.conf`;
const MAKE_CERTIFICATE = `
cd /volume
${SIGN} -CA "$1.crt" -CAkey "$1.key" -subj /CN=server -addext "subjectAltName=$2" \\
  -keyout server.key -out server.crt
chown 999:999 server.key && chmod 0600 server.key`;

/** @param alternativeName of the servers, as OpenSSL writes it: `IP:10.0.0.1`, `DNS:db.example`. */
export async function makeAuthorities(
  scope: DockerScope,
  alternativeName: string,
): Promise<TestAuthorities> {
  // Debian's authorities bring openssl along.
  const image = await runImage('pgbouncer');
  const volume = await scope.volume('tls');
  const run = (script: string, ...args: readonly string[]) =>
    dockerOutput(
      'run',
      '--rm',
      ...scope.labels,
      '--network',
      'none',
      '--user',
      '0',
      '--volume',
      `${volume}:/volume`,
      image,
      'sh',
      '-ec',
      script,
      'sh',
      ...args,
    );
  await run(`${MAKE_AUTHORITIES}\n${MAKE_CERTIFICATE}`, 'authority', alternativeName);
  const read = async (name: string): Promise<string> => `${await run(`cat /volume/${name}.crt`)}\n`;
  return {
    volume,
    authority: await read('authority'),
    otherAuthority: await read('other'),
    signByOther: async () => void (await run(MAKE_CERTIFICATE, 'other', alternativeName)),
  };
}

/** The address under which containers of any network reach what this machine publishes there. */
export async function gatewayOf(network: string): Promise<string> {
  return dockerOutput(
    'network',
    'inspect',
    '--format',
    '{{(index .IPAM.Config 0).Gateway}}',
    network,
  );
}

/** @param addresses of this machine on which it is published. */
export async function openExternalServer(
  scope: DockerScope,
  { volume }: TestAuthorities,
  {
    addresses,
    network,
    maxConnections,
  }: {
    readonly addresses: readonly string[];
    readonly network: string;
    readonly maxConnections: number;
  },
): Promise<ExternalServer> {
  const image = await runImage('postgres');
  const port = await findFreePort();
  const parameters = {
    ssl: 'on',
    ssl_cert_file: `${TLS_DIRECTORY}/server.crt`,
    ssl_key_file: `${TLS_DIRECTORY}/server.key`,
    hba_file: `${TLS_DIRECTORY}/pg_hba.conf`,
    max_connections: maxConnections,
  };
  const container = await scope.run(
    ...quickProbe,
    ...[
      '--network',
      network,
      '--volume',
      `${volume}:${TLS_DIRECTORY}:ro`,
      '--env',
      `POSTGRES_PASSWORD=${SUPERUSER_PASSWORD}`,
    ],
    ...addresses.flatMap((address) => ['--publish', `${address}:${port}:5432`]),
    ...[
      image,
      'postgres',
      ...Object.entries(parameters).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
  );
  await untilHealth(container, 'healthy');
  return {
    container,
    port,
    ask: (sql, database = 'postgres') =>
      dockerOutput(
        'exec',
        '--env',
        `PGPASSWORD=${SUPERUSER_PASSWORD}`,
        container,
        'psql',
        '-XqAt',
        '-v',
        'ON_ERROR_STOP=1',
        '-U',
        'postgres',
        '-d',
        database,
        '-c',
        sql,
      ),
  };
}
