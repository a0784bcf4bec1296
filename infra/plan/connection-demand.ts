/** How many processes of one kind may hold connections at once. */
export interface ProcessCount {
  readonly replicas: number;
  /** Processes that may run beside them during a rollout. */
  readonly surge: number;
  /**
   * Processes that are terminating: Kubernetes replaces a pod without waiting for its end, and
   * until then it keeps what it has opened.
   */
  readonly leaving: number;
}

/** How many processes share the limits, and what each may open. Counts, never rates. */
export interface ConnectionDemand {
  readonly instances: ProcessCount;
  /** Connections that one app instance may open. */
  readonly poolMax: number;
  readonly pooler: PoolerDemand | 'off';
  readonly postgres: { readonly maxConnections: number; readonly reservedConnections: number };
}

export interface PoolerDemand {
  /** Bouncers of a shared tier; a sidecar is one for each app instance. */
  readonly placement: 'sidecar' | ProcessCount;
  /** `pooler.processes`, of which the bouncers of a shared tier are a function. */
  readonly processes: number;
  /** Other bouncers with which each one exchanges cancel requests. */
  readonly peers: number;
  readonly poolSize: number;
  readonly reservePoolSize: number;
  readonly maxClientConn: number;
}
