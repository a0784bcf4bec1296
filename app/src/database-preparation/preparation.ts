import { z } from 'zod';
import { FaultyInputError } from '../environment/fault.ts';
import type { ServerTls } from '../environment/server-tls.ts';

/**
 * Input of the one-shot that prepares an empty or an existing database. The stack writes it as one
 * secret file.
 */
export interface Preparation {
  /**
   * Address of the server itself, never of a pooler. `host` may be the directory of its Unix
   * socket.
   */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly tls?: ServerTls | undefined;
  };
  readonly database: string;
  /**
   * Role that prepares the server; on an external server without a superuser for us, one that may
   * create roles and databases.
   */
  readonly superuser: {
    readonly name: string;
    /**
     * Current password first, then those of earlier credential versions: after a rotation the
     * server still has an old one.
     */
    readonly passwords: readonly string[];
    /** Verifier to set; absent where the owner of an external server manages the password. */
    readonly verifier?: string | undefined;
  };
  /**
   * Limits that the connection budget counts on, to be compared with the server; absent where the
   * stack itself starts the server.
   */
  readonly counted?: CountedConnections | undefined;
  /**
   * Environment that claims the server, so that no second one takes it; absent where the stack
   * itself starts the server.
   */
  readonly environment?: string | undefined;
  /** Role that owns the database and its schema and runs the migrations. */
  readonly owner: { readonly name: string; readonly password: string; readonly verifier: string };
  /** Role that reads and writes rows, nothing more. */
  readonly app: LoginRole;
  /**
   * Roles of former credentials with which instances of the app still log in; equal to `app` in
   * everything else.
   */
  readonly earlierApps: readonly LoginRole[];
  /** Role that sees pg_stat_activity and may use reserved connections, and owns nothing. */
  readonly monitor: LoginRole;
  /** Role that copies the data while the server runs; absent without backups. */
  readonly backup?: Pick<LoginRole, 'name' | 'verifier'> | undefined;
  /**
   * Console to send RECONNECT to after DDL; null without a pooler. `host` may be the directory of
   * its Unix socket, or those of several processes with commas between.
   */
  readonly pooler: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
  } | null;
  /** Whether the schema is another program's, which brings its own migrations. */
  readonly isSchemaElsewhere?: boolean | undefined;
  /** Time to wait for the server to accept connections. */
  readonly waitSeconds: number;
}

/** Postgres' own settings of these names. */
export interface CountedConnections {
  readonly maxConnections: number;
  readonly reservedConnections: number;
  readonly superuserReservedConnections: number;
}

export interface LoginRole {
  readonly name: string;
  /**
   * `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`; the pooler's userlist.txt holds
   * the same text.
   */
  readonly verifier: string;
  /** Settings for `ALTER ROLE ... SET key = value`; a key that is absent is reset. */
  readonly settings: Readonly<Record<string, string>>;
}

const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const secret = z.string().min(1);
const port = z.int().min(1).max(65_535);
const host = z.string().min(1);
const count = z.int().min(0);
const verifier = z
  .string()
  .regex(/^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/);
const settings = z.record(z.string().regex(/^[a-z_][a-z0-9_.]*$/), z.string());
const loginRole = z.strictObject({ name, verifier, settings });

const preparation: z.ZodType<Preparation> = z.strictObject({
  server: z.strictObject({
    host,
    port,
    tls: z.strictObject({ authorities: z.string().min(1) }).optional(),
  }),
  database: name,
  // The admin of an external server may be called anything.
  superuser: z.strictObject({
    name: z.string().min(1),
    passwords: z.array(secret).min(1),
    verifier: verifier.optional(),
  }),
  counted: z
    .strictObject({
      maxConnections: count,
      reservedConnections: count,
      superuserReservedConnections: count,
    })
    .optional(),
  environment: z.string().min(1).optional(),
  owner: z.strictObject({ name, password: secret, verifier }),
  app: loginRole,
  earlierApps: z.array(loginRole),
  monitor: loginRole,
  backup: z.strictObject({ name, verifier }).optional(),
  pooler: z.strictObject({ host, port, user: name, password: secret }).nullable(),
  isSchemaElsewhere: z.boolean().optional(),
  waitSeconds: z.number().min(0),
});

/**
 * Reads the text of the preparation file.
 * @throws {FaultyInputError} naming each wrong field by its path, never its value.
 */
export function readPreparation(text: string): Preparation {
  const result = preparation.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new FaultyInputError(
    'The preparation file is not usable',
    result.error.issues.map((issue) => ({
      key: issue.path.join('.') || '(whole file)',
      got: 'a value that does not fit',
      allowed: allowedOf(issue),
      remedy:
        'The stack writes this file: ' +
        'run `npm run up` again with the same checkout that built the image.',
    })),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names the allowed shape only: Zod's own messages may quote the input. */
function allowedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'invalid_format') return `a text like ${issue.pattern ?? issue.format}`;
  if (issue.code === 'unrecognized_keys') return 'no other keys';
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return issue.code;
}
