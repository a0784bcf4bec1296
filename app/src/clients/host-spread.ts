/**
 * Time for which a host that failed is taken only when all have, and then after those that failed
 * before it. A process that is started again is back sooner; one that hangs costs a wait each time
 * that it is tried.
 */
const AVOIDED_MS = 5_000;

interface Host {
  readonly name: string;
  connections: number;
  avoidedUntilMs: number;
}

/** One connection, or the attempt to make it, at the host that was chosen for it. */
export interface HostedConnection {
  readonly host: string;
  hasConnected(): void;
  hasFailed(): void;
  /** Counts it no more; once, however often it is called. */
  hasEnded(): void;
}

/**
 * Spreads connections over hosts that serve the same: each new one goes where the fewest are, and
 * in turn where there are as many. Plain turns would not do: the pool ends connections in any
 * order, and what is left could all be at one host.
 */
export class HostSpread {
  /** The host that was chosen last is the last one. */
  #hosts: readonly Host[];

  constructor(names: readonly string[]) {
    this.#hosts = names.map((name) => ({ name, connections: 0, avoidedUntilMs: 0 }));
  }

  /** Chooses the host of a new connection, which counts from now on. */
  choose(): HostedConnection {
    const nowMs = performance.now();
    const avoided = (host: Host): number => Math.max(0, host.avoidedUntilMs - nowMs);
    const [host, ...others] = this.#hosts.toSorted(
      (one, other) => avoided(one) - avoided(other) || one.connections - other.connections,
    );
    if (host === undefined) throw new Error('A pool needs at least one host.');
    this.#hosts = [...this.#hosts.filter((one) => others.includes(one)), host];
    host.connections += 1;
    let counts = true;
    return {
      host: host.name,
      hasConnected: () => {
        host.avoidedUntilMs = 0;
      },
      hasFailed: () => {
        host.avoidedUntilMs = performance.now() + AVOIDED_MS;
      },
      hasEnded: () => {
        if (counts) host.connections -= 1;
        counts = false;
      },
    };
  }
}
