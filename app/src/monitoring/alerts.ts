import type { LayerName } from './readings.ts';

export type Severity = 'warning' | 'critical';

export type AlertKind =
  | 'down'
  | 'client_connections'
  | 'server_connections'
  | 'pool_connections'
  | 'postgres_connections'
  | 'waiting_clients'
  | 'long_wait'
  | 'long_transaction'
  | 'drift'
  | 'memory';

/** Something that someone should look at. */
export interface Alert {
  readonly kind: AlertKind;
  readonly layer: LayerName;
  readonly severity: Severity;
  /** ISO 8601, UTC: when it was seen first. */
  readonly since: string;
  /** One sentence with the numbers. */
  readonly message: string;
  readonly remedy: string;
}
