import pg from 'pg';
import { type HostedConnection, HostSpread } from './host-spread.ts';

type AcquireCallback = Parameters<pg.Pool['connect']>[0];

interface SpreadPoolConfig extends pg.PoolConfig {
  /** Hosts that serve the same, in the place of `host`. */
  readonly hosts?: readonly string[];
}

/**
 * Pool whose connections are spread over several hosts. While a host cannot be reached, work gets a
 * connection to another one, within the same `connectionTimeoutMillis`.
 */
export class SpreadPool extends pg.Pool {
  readonly #otherHosts: number;

  constructor({ hosts = [], ...config }: SpreadPoolConfig) {
    // pg.Pool takes the class of its clients, which its types do not say.
    super({
      ...config,
      ...(hosts.length === 0 ? {} : { Client: clientAt(new HostSpread(hosts)) }),
    });
    this.#otherHosts = Math.max(0, hosts.length - 1);
    // Before the work that failed is told, which may try again at once.
    this.on('release', (error: unknown, client) => {
      if (client instanceof SpreadClient && endsConnection(error)) client.blameHost();
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: AcquireCallback): void;
  override connect(callback?: AcquireCallback): Promise<pg.PoolClient> | void {
    if (this.#otherHosts === 0)
      return callback === undefined ? super.connect() : super.connect(callback);
    const endsAtMs = performance.now() + (this.options.connectionTimeoutMillis ?? 0);
    const begin = (done: AcquireCallback): void =>
      this.#connect(done, { others: this.#otherHosts, endsAtMs });
    if (callback !== undefined) return begin(callback);
    return new Promise((resolve, reject) => {
      begin((error, client) => {
        if (client === undefined) reject(error ?? new Error('The pool gave no connection.'));
        else resolve(client);
      });
    });
  }

  /** The host that failed is chosen no more, so that a further attempt goes to another one. */
  #connect(
    callback: AcquireCallback,
    { others, endsAtMs }: { readonly others: number; readonly endsAtMs: number },
  ): void {
    super.connect((error, client, release) => {
      const leftMs = endsAtMs - performance.now();
      if (!error || others === 0 || leftMs <= 0) callback(error, client, release);
      else this.#connect(within(leftMs, callback), { others: others - 1, endsAtMs });
    });
  }
}

/** Fails as the pool does when the time is up; a connection that comes later goes back to it. */
function within(timeoutMs: number, callback: AcquireCallback): AcquireCallback {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    callback(new Error('timeout exceeded when trying to connect'), undefined, () => undefined);
  }, timeoutMs);
  return (error, client, release) => {
    clearTimeout(timer);
    if (isLate) release();
    else callback(error, client, release);
  };
}

/**
 * Whether an error is the connection's, not a statement's: a pooler that shuts down lets clients in
 * for a moment more, and ends what they ask.
 */
const endsConnection = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof pg.DatabaseError && error.severity === 'ERROR');

/** Client that tells the spread what becomes of its connection. */
class SpreadClient extends pg.Client {
  readonly #connection: HostedConnection;

  constructor(config: pg.ClientConfig, connection: HostedConnection) {
    // The pool hides its password from enumeration.
    super({ ...config, password: config.password, host: connection.host });
    this.#connection = connection;
    this.once('end', () => connection.hasEnded());
  }

  /** The pool connects by callback. */
  override connect(...args: unknown[]): Promise<this> {
    const [callback] = args as [(error: Error | null) => void];
    return super.connect((error: Error | null) => {
      if (error) this.blameHost();
      else this.#connection.hasConnected();
      callback(error);
    }) as never;
  }

  blameHost(): void {
    this.#connection.hasFailed();
  }
}

/** Returns the class of clients that connect where the spread sends them. */
const clientAt = (spread: HostSpread): typeof pg.Client =>
  class extends SpreadClient {
    constructor(config: pg.ClientConfig) {
      super(config, spread.choose());
    }
  };
