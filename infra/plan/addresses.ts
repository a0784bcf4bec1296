import type { Settings } from '../settings/settings.ts';

/** Where the parts of an environment find each other. */
export const DATABASE = 'spywatcher';
export const POSTGRES_PORT = 5_432;
export const POOLER_PORT = 6_432;
export const REDIS_PORT = 6_379;
export const POSTGRES_SOCKET_DIRECTORY = '/run/postgresql';
export const POOLER_SOCKET_DIRECTORY = '/run/pgbouncer';
export const POOLER_CONFIG_DIRECTORY = '/etc/pgbouncer';
/** Where the app finds the planned limits, beside which its monitoring shows the use. */
export const MONITORING_DIRECTORY = '/run/monitoring';
export const MONITORING_PLAN_FILE = 'plan.json';

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
