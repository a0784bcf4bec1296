import type { SettingValue } from './key-kinds.ts';

/**
 * All that decides a pgbouncer.ini. Ports are TCP numbers, times are seconds, the rest counts
 * connections.
 */
export interface PgbouncerInput {
  /**
   * The one line of [databases]; `host` may be a socket directory, `nameThere` is what the server
   * calls it. It names no user: SCRAM pass-through needs the client's.
   */
  readonly database: {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly nameThere?: string;
  };
  /** How the server proves who it is; `off` on a socket or a private network. */
  readonly serverTls: { readonly caFile: string } | 'off';
  /** `address` is a list of addresses, `*`, or `off` for no TCP at all. */
  readonly listen: {
    readonly socketDirectory: string;
    readonly address: string;
    readonly port: number;
  };
  /**
   * Processes that share the clients of one address and pass cancel requests on to each other: the
   * socket directory of each, this one at `own`, counted from 0. `off` for a process alone.
   */
  readonly peers: { readonly own: number; readonly socketDirectories: readonly string[] } | 'off';
  readonly authFile: string;
  readonly adminUsers: readonly string[];
  readonly statsUsers: readonly string[];
  readonly poolSize: number;
  readonly minPoolSize: number;
  readonly reservePoolSize: number;
  readonly maxClientConn: number;
  readonly maxDbConnections: number;
  readonly queryWaitTimeoutSeconds: number;
  readonly idleTransactionTimeoutSeconds: number;
  /**
   * Named statements that PgBouncer keeps for each server connection; 0 means that the app must not
   * name any.
   */
  readonly maxPreparedStatements: number;
  /** Each client keeps its server connection for as long as it is connected. */
  readonly poolsSessions?: boolean;
  /** The user's `pooler.settings`. */
  readonly settings: Readonly<Record<string, SettingValue>>;
}
