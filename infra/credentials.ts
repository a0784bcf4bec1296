import { createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto';

/** Names of the roles in Postgres and of the users of PgBouncer's console. */
export const ROLES = {
  superuser: 'postgres',
  owner: 'spywatcher_owner',
  app: 'spywatcher',
  appAlternate: 'spywatcher_alternate',
  monitor: 'spywatcher_monitor',
  backup: 'spywatcher_backup',
  poolerAdmin: 'pgbouncer_admin',
  poolerMonitor: 'pgbouncer_monitor',
} as const;

/** The app's role in this version of the credentials. */
export const appRole = (version: number): string =>
  version % 2 === 1 ? ROLES.app : ROLES.appAlternate;

/** A password, and what a server may store instead of it (RFC 5802, as Postgres writes it). */
export interface Credential {
  readonly name: string;
  readonly password: string;
  /**
   * `SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>`; the same text in Postgres and in
   * userlist.txt, else pass-through fails.
   */
  readonly verifier: string;
}

export interface Credentials {
  readonly superuser: Credential;
  /**
   * The superuser's passwords of all earlier versions, newest first: what the server still knows
   * when a rotation begins.
   */
  readonly earlierSuperuserPasswords: readonly string[];
  readonly owner: Credential;
  /**
   * One of two roles that take turns with each version, so that instances of the version before can
   * log in until the last one is replaced.
   */
  readonly app: Credential;
  /** The app's of the version before, if there was one; as it was then. */
  readonly earlierApps: readonly Credential[];
  readonly monitor: Credential;
  readonly backup: Credential;
  readonly poolerAdmin: Credential;
  readonly poolerMonitor: Credential;
  /**
   * Of `postgres.external.adminUser`: the one that is given, not derived; empty where the server is
   * ours.
   */
  readonly postgresAdminPassword: string;
  /** Values of `app.secrets` by name: given, not derived. */
  readonly appSecrets: Readonly<Record<string, string>>;
  readonly redisPassword: string;
  readonly earlierRedisPasswords: readonly string[];
  readonly adminToken: string;
  /**
   * The token of the version before, if there was one: it opens the admin routes until the next
   * rotation, so that nobody is locked out by one.
   */
  readonly earlierAdminTokens: readonly string[];
}

const ADMIN_TOKEN = 'admin-token';
const REDIS = 'redis';
const PASSWORD_BYTES = 24;
const SALT_BYTES = 16;
/**
 * Postgres' own `scram_iterations`; the passwords have 192 random bits, so more would only cost
 * time at each login.
 */
const ITERATIONS = 4_096;

/**
 * Derives every credential of an environment from its root secret with HKDF-SHA-256 (RFC 5869), the
 * role's name and the version as context. The same input always gives the same output, so there
 * is no state to lose and every preview agrees.
 */
export function deriveCredentials({
  rootSecret,
  version,
  postgresAdminPassword = '',
  appSecrets = {},
}: {
  readonly rootSecret: string;
  readonly version: number;
  readonly postgresAdminPassword?: string;
  readonly appSecrets?: Readonly<Record<string, string>>;
}): Credentials {
  const password = (name: string, of = version): string =>
    derive(rootSecret, `${name}/v${of}`, PASSWORD_BYTES).toString('base64url');
  const credential = (name: string, of = version): Credential => ({
    name,
    password: password(name, of),
    verifier: scramVerifier(
      password(name, of),
      derive(rootSecret, `${name}/v${of}/salt`, SALT_BYTES),
    ),
  });
  /** The one before alone: two rotations shut everybody out who knew an older one. */
  const earlier = version === 1 ? [] : [version - 1];
  return {
    superuser: credential(ROLES.superuser),
    earlierSuperuserPasswords: Array.from({ length: version - 1 }, (_, index) =>
      password(ROLES.superuser, version - 1 - index),
    ),
    owner: credential(ROLES.owner),
    app: credential(appRole(version)),
    earlierApps: earlier.map((of) => credential(appRole(of), of)),
    monitor: credential(ROLES.monitor),
    backup: credential(ROLES.backup),
    poolerAdmin: credential(ROLES.poolerAdmin),
    poolerMonitor: credential(ROLES.poolerMonitor),
    postgresAdminPassword,
    appSecrets,
    redisPassword: password(REDIS),
    earlierRedisPasswords: earlier.map((of) => password(REDIS, of)),
    adminToken: password(ADMIN_TOKEN),
    earlierAdminTokens: earlier.map((of) => password(ADMIN_TOKEN, of)),
  };
}

function derive(rootSecret: string, context: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', rootSecret, 'spywatcher', context, bytes));
}

/** What `CREATE ROLE ... PASSWORD` would store for this password and salt (RFC 5802 section 3). */
export function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
