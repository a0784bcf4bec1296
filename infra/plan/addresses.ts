import type { Settings } from '../settings/settings.ts';
import {
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
  POSTGRES_PORT,
  POSTGRES_SOCKET_DIRECTORY,
} from '../settings/standard-names.ts';

/** How one part reaches another. */
export interface Address {
  /**
   * A host name, or the directory of a Unix socket; several of those, with commas between, where
   * several processes share the clients. libpq writes it so too.
   */
  readonly host: string;
  readonly port: number;
}

/**
 * Returns the directory of each PgBouncer's Unix socket on one machine: two processes cannot share
 * a socket as they could a port. The first one is the volume's own, whatever their number.
 */
export const poolerSocketDirectories = (processes: number): readonly string[] => [
  POOLER_SOCKET_DIRECTORY,
  ...Array.from({ length: processes - 1 }, (_, index) => `${POOLER_SOCKET_DIRECTORY}/${index + 2}`),
];

/** Name that resolves to the address of every pod of the shared tier. */
export const EACH_BOUNCER = 'pgbouncer-each';

/** Whether there are several processes on Kubernetes, each of which is found by its own address. */
export const hasEachBouncerAddress = ({
  target,
  pooler: { placement, processes },
}: Pick<Settings, 'target' | 'pooler'>): boolean =>
  target === 'kubernetes' && placement === 'shared' && processes > 1;

/** Unix sockets wherever both ends share a machine: containers of one engine, or of one pod. */
export function locate({
  target,
  pooler,
  postgres: { external },
}: Pick<Settings, 'target' | 'pooler' | 'postgres'>): {
  readonly postgres: Address;
  readonly pooler: Address;
  /** Where the console of each bouncer is found. */
  readonly poolerConsoles: Address;
} {
  const isOneMachine = target === 'docker';
  const placed = {
    host:
      isOneMachine || pooler.placement === 'sidecar'
        ? poolerSocketDirectories(pooler.processes).join(',')
        : 'pgbouncer',
    port: POOLER_PORT,
  };
  return {
    postgres:
      external === undefined
        ? { host: isOneMachine ? POSTGRES_SOCKET_DIRECTORY : 'postgres', port: POSTGRES_PORT }
        : { host: external.host, port: external.port },
    pooler: placed,
    poolerConsoles: hasEachBouncerAddress({ target, pooler })
      ? { ...placed, host: EACH_BOUNCER }
      : placed,
  };
}
