import { compareInis } from '../../pgbouncer/changes.ts';
import type { Plan } from '../plan/plan.ts';
import {
  deployedInstances,
  type DeployedPlan,
  deployedProcesses,
  describeDeployed,
  usedAt,
} from './deployed-plan.ts';

/**
 * One changed line of a file, of a container or of what callers must know, and what it does to
 * them.
 */
export interface PlannedChange {
  readonly file:
    'pgbouncer.ini' | 'postgresql.conf' | 'redis.conf' | 'container' | 'address' | 'credentials';
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /**
   * `roll`: on Kubernetes the pods of a Deployment are replaced one by one, each when nobody uses
   * it any more. `scale`: processes come or go beside those that stay. `move`: the old address
   * stops working. `rotate`: new passwords, while those in use stay valid; `revoke`: those in use
   * are refused at once.
   */
  readonly effect: 'reload' | 'scale' | 'roll' | 'restart' | 'move' | 'rotate' | 'revoke';
  /** Connections that it cuts at the most, by the deployed plan; only a restart cuts any. */
  readonly clients: number;
}

/**
 * Finds what changes in generated files, in their containers and for callers, and how it is
 * applied.
 */
export function planChanges(before: DeployedPlan, plan: Plan): PlannedChange[] {
  const after = describeDeployed(plan);
  const servers = usedAt(before, 'server connections') + usedAt(before, 'direct connections');
  return [
    ...poolerChanges(before, after, plan.settings),
    ...postgresChanges(before.postgresSettings, after.postgresSettings, servers),
    ...restarts({
      file: 'redis.conf',
      before: parseRedisConf(before.redisConf),
      after: parseRedisConf(after.redisConf),
      clients: deployedInstances(before, plan),
    }),
    ...addressChanges(before, after),
    ...credentialsChanges(before.credentialsVersion, plan.settings.credentialsVersion),
  ];
}

function addressChanges(before: DeployedPlan, after: DeployedPlan): PlannedChange[] {
  const names = [
    ['appUrl', 'app'],
    ['adminUrl', 'admin routes'],
  ] as const;
  return names
    .filter(([url]) => before[url] !== after[url])
    .map(([url, key]) => ({
      file: 'address',
      key,
      before: before[url],
      after: after[url],
      effect: 'move',
      clients: 0,
    }));
}

function credentialsChanges(before: number | undefined, after: number): PlannedChange[] {
  if (before === undefined || before === after) return [];
  return [
    {
      file: 'credentials',
      key: 'credentialsVersion',
      before: String(before),
      after: String(after),
      effect: areRevoked(before, after) ? 'revoke' : 'rotate',
      clients: 0,
    },
  ];
}

/**
 * Whether a change revokes the passwords in use: each version knows the one before it and no older.
 */
export const areRevoked = (before: number | undefined, after: number): boolean =>
  before !== undefined && after > before + 1;

function poolerChanges(
  before: DeployedPlan,
  after: DeployedPlan,
  { target, pooler }: Plan['settings'],
): PlannedChange[] {
  const clients = usedAt(before, 'client connections');
  const replacing = (cut: number): Pick<PlannedChange, 'effect' | 'clients'> =>
    target === 'docker' ? { effect: 'restart', clients: cut } : { effect: 'roll', clients: 0 };
  const container = (key: string, values: readonly [string, string], cut: number) =>
    containerChange({ key, before: values[0], after: values[1], ...replacing(cut) });
  if (before.pgbouncerIni === '' || after.pgbouncerIni === '') {
    // Either way the app gets another address, and every connection it has now ends.
    return container(
      'PgBouncer',
      [poolerState(before), poolerState(after)],
      clients + usedAt(before, 'direct connections'),
    );
  }
  return [
    ...compareInis(before.pgbouncerIni, after.pgbouncerIni).map(
      ({ section, key, before: was, after: becomes, effect }) => ({
        file: 'pgbouncer.ini' as const,
        key: section === 'pgbouncer' ? key : `[${section}] ${key}`,
        before: was,
        after: becomes,
        ...(effect === 'reload' ? { effect, clients: 0 } : replacing(clients)),
      }),
    ),
    ...containerChange({
      key: 'processes of PgBouncer',
      before: String(deployedProcesses(before)),
      after: String(deployedProcesses(after)),
      effect: 'scale',
      clients: 0,
    }),
    ...container(
      'published port of PgBouncer',
      [String(before.pgbouncerPort), String(after.pgbouncerPort)],
      clients,
    ),
    // The time that a process gets to stop is part of its container; a sidecar has its pod's.
    ...(pooler.placement === 'sidecar'
      ? []
      : container('stop grace of PgBouncer', [poolerGrace(before), poolerGrace(after)], clients)),
  ];
}

const poolerState = ({ pgbouncerIni }: DeployedPlan): string =>
  pgbouncerIni === '' ? 'off' : 'on';

const poolerGrace = ({ timeouts }: DeployedPlan): string =>
  `${timeouts.drain.poolerGraceSeconds} s`;

const containerChange = (change: Omit<PlannedChange, 'file'>): PlannedChange[] =>
  change.before === change.after ? [] : [{ file: 'container', ...change }];

type Keys = Readonly<Record<string, string>>;

/** An external server has no settings here: between the two there is no key to compare. */
function postgresChanges(before: Keys, after: Keys, clients: number): PlannedChange[] {
  const kindOf = (settings: Keys) => (Object.keys(settings).length === 0 ? 'external' : 'own');
  const [was, becomes] = [kindOf(before), kindOf(after)];
  return was === becomes
    ? restarts({ file: 'postgresql.conf', before, after, clients })
    : containerChange({ key: 'Postgres', before: was, after: becomes, effect: 'restart', clients });
}

interface ChangedFile {
  readonly file: 'postgresql.conf' | 'redis.conf';
  readonly before: Keys;
  readonly after: Keys;
  readonly clients: number;
}

const restarts = ({ file, before, after, clients }: ChangedFile): PlannedChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => before[key] !== after[key])
    .sort()
    .map((key) => ({
      file,
      key,
      before: before[key],
      after: after[key],
      effect: 'restart',
      clients,
    }));

/** Reads the lines `key value`. */
const parseRedisConf = (text: string): Keys =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  );
