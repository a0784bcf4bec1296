import { type PgbouncerConfig, planPgbouncerConfig } from '../../pgbouncer/config.ts';
import { renderIni } from '../../pgbouncer/ini.ts';
import type { PgbouncerInput } from '../../pgbouncer/input.ts';
import { readMaxPreparedStatements } from '../../pgbouncer/pooler-settings.ts';
import { ROLES } from '../credentials.ts';
import type { Settings } from '../settings/settings.ts';
import {
  DATABASE,
  POOLER_CONFIG_DIRECTORY,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
} from '../settings/standard-names.ts';
import { locate, poolerSocketDirectories } from './addresses.ts';
import type { ProcessCount } from './connection-demand.ts';
import { poolsSessions } from './app-program.ts';
import { planPoolerTls } from './postgres/pooler-tls.ts';
import type { TimeoutPlan } from './timeouts.ts';

/** One process, or as many on Kubernetes as there are pods with it. */
export interface PoolerProcess {
  /** Directory of its Unix socket. */
  readonly socketDirectory: string;
  /** Name of its container on docker, and of its file without `.ini`. */
  readonly name: string;
  readonly config: PgbouncerConfig;
  readonly ini: string;
}

/** The only process, or the first of those on one machine, which differ in two keys only. */
export interface PoolerPlan extends PoolerProcess {
  /** The further ones; none on Kubernetes, where another process is another pod. */
  readonly others: readonly PoolerProcess[];
  /** What it names beside userlist.txt, by file name in its folder; nothing secret. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Bouncers of a shared tier. On Kubernetes it has one more than it needs, so that it survives the
 * loss of one; each may be leaving while its successor runs.
 */
export function countSharedBouncers({
  target,
  pooler: { processes },
}: Pick<Settings, 'target' | 'pooler'>): ProcessCount {
  const replicas = target === 'docker' ? processes : processes + 1;
  return target === 'docker'
    ? { replicas, surge: 0, leaving: 0 }
    : { replicas, surge: 1, leaving: replicas };
}

/** Processes that reach each other by their sockets: on Kubernetes each has a pod of its own. */
export const countOnMachine = ({ target, pooler: { processes } }: Settings): number =>
  target === 'docker' ? processes : 1;

/** Plans the files of every bouncer. */
export function planPooler(settings: Settings, timeouts: TimeoutPlan): PoolerPlan {
  const directories = poolerSocketDirectories(countOnMachine(settings));
  const [first, ...others] = directories.map((_, own) =>
    planProcess(settings, timeouts, { own, socketDirectories: directories }),
  );
  if (first === undefined) throw new Error('There is at least one PgBouncer.');
  return { ...first, others, files: planPoolerTls(settings.postgres.external).files };
}

function planProcess(
  settings: Settings,
  { wait }: TimeoutPlan,
  peers: Exclude<PgbouncerInput['peers'], 'off'>,
): PoolerProcess {
  const { pooler, postgres } = settings;
  const { serverTls } = planPoolerTls(postgres.external);
  const { own, socketDirectories } = peers;
  const socketDirectory = socketDirectories[own] ?? POOLER_SOCKET_DIRECTORY;
  const config = planPgbouncerConfig({
    database: {
      name: DATABASE,
      ...locate(settings).postgres,
      ...(postgres.external === undefined ? {} : { nameThere: postgres.external.database }),
    },
    serverTls,
    listen: {
      socketDirectory,
      address: pooler.placement === 'sidecar' ? 'off' : '*',
      port: POOLER_PORT,
    },
    peers: socketDirectories.length === 1 ? 'off' : peers,
    authFile: `${POOLER_CONFIG_DIRECTORY}/userlist.txt`,
    adminUsers: [ROLES.poolerAdmin],
    statsUsers: [ROLES.poolerMonitor],
    poolSize: pooler.poolSize,
    minPoolSize: pooler.minPoolSize,
    reservePoolSize: pooler.reservePoolSize,
    maxClientConn: pooler.maxClientConn,
    maxDbConnections: pooler.poolSize + pooler.reservePoolSize,
    queryWaitTimeoutSeconds: pooler.queryWaitTimeoutSeconds,
    idleTransactionTimeoutSeconds: Math.ceil(wait.idleInTransactionMs / 1_000),
    maxPreparedStatements: poolsSessions(settings) ? 0 : readMaxPreparedStatements(pooler.settings),
    poolsSessions: poolsSessions(settings),
    settings: pooler.settings,
  });
  return {
    socketDirectory,
    name: own === 0 ? 'pgbouncer' : `pgbouncer-${own + 1}`,
    config,
    ini: renderIni(config),
  };
}
