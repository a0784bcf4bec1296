import type { DockerScope, Ended } from './docker.ts';
import {
  type ExternalServer,
  gatewayOf,
  makeAuthorities,
  openExternalServer,
  type TestAuthorities,
} from './external-server.ts';
import type { StackSettings, TestStack } from './test-stack.ts';
import { until } from './until.ts';

export const ADMIN = { name: 'their_admin', password: 'canary-of-the-admin' };
export const TOO_FEW = 40;
const ENOUGH = 100;
const DATABASE = 'presence_of_ours';

/** A stack on a server that it did not make, and a second one that is too small for it. */
export interface ExternalEnvironment {
  readonly authorities: TestAuthorities;
  readonly server: ExternalServer;
  readonly smallServer: ExternalServer;
  /** An address of this machine that the certificate names. */
  readonly host: string;
  /** Another address of the same server. */
  readonly otherHost: string;
  /** Writes the settings of the stack on the server; what is not given is right. */
  configure(external?: StackSettings, others?: StackSettings): void;
  setPassword(password: string): Promise<Ended>;
  /** Ends ours and waits until PgBouncer knows it: what comes next needs new ones. */
  endServerConnections(): Promise<void>;
  slowQueries(): Promise<Response>;
  /** Users of the stored events, in their order. */
  rows(): Promise<string[]>;
  /**
   * Roles of ours that are connected to the server, each with whether by TLS; the monitoring
   * connects when it first looks.
   */
  sessions(): Promise<string[]>;
}

export async function openExternalEnvironment(
  stack: TestStack,
  scope: DockerScope,
): Promise<ExternalEnvironment> {
  const [network, otherNetwork] = [await scope.network('database'), await scope.network('other')];
  const host = await gatewayOf(network);
  const otherHost = await gatewayOf(otherNetwork);
  const authorities = await makeAuthorities(scope, `IP:${host}`);
  const open = (addresses: readonly string[], maxConnections: number): Promise<ExternalServer> =>
    openExternalServer(scope, authorities, { addresses, network, maxConnections });
  const server = await open([host, otherHost], ENOUGH);
  const smallServer = await open([host], TOO_FEW);
  // As a managed service has it: nobody is a superuser, and this role may pass on what it may
  // itself.
  for (const each of [server, smallServer])
    await each.ask(
      `CREATE ROLE ${ADMIN.name} LOGIN CREATEROLE CREATEDB PASSWORD '${ADMIN.password}'; ` +
        `GRANT pg_monitor TO ${ADMIN.name} WITH ADMIN OPTION`,
    );
  return {
    authorities,
    server,
    smallServer,
    host,
    otherHost,
    configure: (external = {}, others = {}) =>
      stack.configure({
        postgres: {
          external: {
            host,
            port: server.port,
            database: DATABASE,
            adminUser: ADMIN.name,
            caCertificate: authorities.authority,
            ...external,
          },
        },
        ...others,
      }),
    setPassword: (password) =>
      stack.pulumi('config', 'set', '--secret', 'postgresAdminPassword', password),
    async endServerConnections() {
      const ended = (await server.ask(END_OURS)).split('\n');
      await until(
        () => stack.console('SHOW SERVERS'),
        (lines) => !lines.some((line) => line.split('|').some((field) => ended.includes(field))),
      );
    },
    slowQueries: () =>
      fetch(`${stack.appUrl}/api/admin/monitoring/database/slow-queries?minMs=0`, {
        headers: { authorization: `Bearer ${stack.credentials().adminToken}` },
      }),
    rows: async () =>
      (await server.ask('SELECT user_id FROM presence_event ORDER BY 1', DATABASE)).split('\n'),
    async sessions() {
      const found = await until(
        () => server.ask(SESSIONS),
        (names) => names.includes('spywatcher_monitor'),
      );
      return found.split('\n');
    },
  };
}

const END_OURS = `
  WITH ours AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE usename = 'spywatcher')
  SELECT pid FROM ours WHERE pg_terminate_backend(pid)`;

const SESSIONS = `
  SELECT DISTINCT usename, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
  WHERE usename LIKE 'spywatcher%' ORDER BY 1, 2`;
