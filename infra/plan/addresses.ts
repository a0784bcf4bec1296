import type { Settings } from '../settings/settings.ts';
import {
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
  POSTGRES_PORT,
  POSTGRES_SOCKET_DIRECTORY,
} from '../settings/standard-names.ts';

/** How one part reaches another: a host name, or the directory of a Unix socket, and the port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Unix sockets wherever both ends share a machine: containers of one engine, or of one pod. */
export function locate({
  target,
  pooler,
  postgres: { external },
}: Pick<Settings, 'target' | 'pooler' | 'postgres'>): {
  readonly postgres: Address;
  readonly pooler: Address;
} {
  const isOneMachine = target === 'docker';
  return {
    postgres:
      external === undefined
        ? { host: isOneMachine ? POSTGRES_SOCKET_DIRECTORY : 'postgres', port: POSTGRES_PORT }
        : { host: external.host, port: external.port },
    pooler: {
      host: isOneMachine || pooler.placement === 'sidecar' ? POOLER_SOCKET_DIRECTORY : 'pgbouncer',
      port: POOLER_PORT,
    },
  };
}
