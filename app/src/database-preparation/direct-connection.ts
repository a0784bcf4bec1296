import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { kindOfFailureCode, kindOfFailureText } from '../clients/failure-codes.ts';
import { type ServerTls, tlsOptions } from '../environment/server-tls.ts';
import { describePostgresError, PreparationError } from './preparation-error.ts';
import { describeTlsRefusal } from './tls-refusal.ts';

export interface DirectLogin {
  readonly host: string;
  readonly port: number;
  readonly tls?: ServerTls | undefined;
  readonly database: string;
  readonly user: string;
  /** Passwords to try, in this order. */
  readonly passwords: readonly string[];
  /** Advice for when the server takes none of them. */
  readonly passwordRemedy?: string;
  /** Time to wait for a server that does not accept connections yet. */
  readonly waitSeconds: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const POLL_MS = 200;

const WRONG_PASSWORD = '28P01';

/**
 * Logs in to the server itself.
 * @throws {PreparationError} when it does not come up, accepts none of the passwords, or is a
 * pooler.
 */
export async function connectDirectly(login: DirectLogin): Promise<pg.Client> {
  const deadlineMs = performance.now() + login.waitSeconds * 1_000;
  for (;;) {
    try {
      return await logIn(login);
    } catch (error) {
      if (!isNotThere(error)) throw error;
      if (performance.now() >= deadlineMs) {
        throw new PreparationError(
          `${placeOf(login)} accepts no connections, after ${login.waitSeconds} s of waiting: ` +
            `${describePostgresError(error)}. Look at the server's own log.`,
        );
      }
      await sleep(POLL_MS);
    }
  }
}

async function logIn(login: DirectLogin): Promise<pg.Client> {
  const { host, port, database, user, passwords } = login;
  for (const password of passwords) {
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      password,
      ...tlsOptions(login),
      application_name: 'spywatcher-migrate',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    // A server that ends an idle connection is noticed by the next query.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => undefined);
      if (codeOf(error) === WRONG_PASSWORD) continue;
      const tlsRefusal = describeTlsRefusal(error);
      if (tlsRefusal !== undefined) throw new PreparationError(`${placeOf(login)} ${tlsRefusal}`);
      if (isNotThere(error)) throw error;
      throw new PreparationError(
        `${placeOf(login)} refuses the role ${user}: ${describePostgresError(error)}.`,
      );
    }
    await refusePooler(client, login);
    return client;
  }
  throw new PreparationError(
    `${placeOf(login)} accepts none of the ${passwords.length} password(s) ` +
      `known for the role ${user}. ` +
      (login.passwordRemedy ??
        'Its data was made with another rootSecret, or with a credentialsVersion that is not ' +
          'among the earlier ones: set the right one again.'),
  );
}

/**
 * Refuses a pooler: the process id it gives at connecting is made up and differs from the server's.
 */
async function refusePooler(client: pg.Client, login: DirectLogin): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const { processID } = client as unknown as { readonly processID: number };
  if (rows[0]?.pid === processID) return;
  await client.end();
  throw new PreparationError(
    `${placeOf(login)} is a connection pooler, not the Postgres server. ` +
      'Migrations through a pooler leave locks and session settings behind: ' +
      'give the address of the server itself.',
  );
}

/** Whether the server is not there, not yet there, or going, so that waiting may help. */
function isNotThere(error: unknown): boolean {
  const kind =
    kindOfFailureCode(codeOf(error) ?? '') ??
    (error instanceof Error ? kindOfFailureText(error.message) : undefined);
  return kind === 'unreachable' || kind === 'connect_timeout';
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

function placeOf({ host, port }: DirectLogin): string {
  return `The Postgres server at ${host}, port ${port},`;
}
