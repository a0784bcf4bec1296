import { compareInis } from '../../pgbouncer/changes.ts';
import { type ConnectionBudget, countInstances } from '../plan/connection-budget.ts';
import type { Hop } from '../plan/hop.ts';
import type { Plan } from '../plan/plan.ts';
import { addressApp } from '../plan/app-address.ts';
import type { TimeoutPlan } from '../plan/timeouts.ts';

/** What the deployed stack says about itself: its own outputs. */
export interface DeployedPlan {
  readonly connectionBudget: ConnectionBudget;
  readonly timeouts: TimeoutPlan;
  /** Empty when the pooler is off. */
  readonly pgbouncerIni: string;
  readonly pgbouncerPort: number | 'off';
  readonly postgresSettings: Readonly<Record<string, string>>;
  readonly redisConf: string;
  readonly appUrl: string;
  readonly adminUrl: string;
  /** Absent where the last update was made before it was an output. */
  readonly credentialsVersion?: number;
}

/** One changed line of a generated file, of a container, or of what callers must know, and what applying it does to them. */
export interface PlannedChange {
  readonly file:
    'pgbouncer.ini' | 'postgresql.conf' | 'redis.conf' | 'container' | 'address' | 'credentials';
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /**
   * `roll`: on Kubernetes the pods of a Deployment are replaced one by one, each when nobody uses it any more.
   * `move`: the old address answers no more.
   * `rotate`: new passwords, while those in use stay valid; `revoke`: those in use are refused at once.
   */
  readonly effect: 'reload' | 'roll' | 'restart' | 'move' | 'rotate' | 'revoke';
  /** Connections that it cuts at the most, by the deployed plan; only a restart cuts any. */
  readonly clients: number;
}

/** The part of a plan that its stack's outputs repeat, so that the next plan can be compared with it. */
export function describeDeployed({
  settings,
  budget,
  timeouts,
  pooler,
  postgresSettings,
  redisConf,
}: Plan): DeployedPlan {
  return {
    connectionBudget: budget,
    timeouts,
    pgbouncerIni: pooler === 'off' ? '' : pooler.ini,
    pgbouncerPort: pooler === 'off' ? 'off' : settings.pooler.publishPort,
    postgresSettings,
    redisConf,
    ...addressApp(settings),
    credentialsVersion: settings.credentialsVersion,
  };
}

/** What changes in the generated files, in the containers they are for and for callers, and whether it reloads or restarts. */
export function planChanges(before: DeployedPlan, plan: Plan): PlannedChange[] {
  const after = describeDeployed(plan);
  const servers = usedAt(before, 'server connections') + usedAt(before, 'direct connections');
  return [
    ...poolerChanges(before, after, plan.settings),
    ...postgresChanges(before.postgresSettings, after.postgresSettings, servers),
    ...restarts(
      'redis.conf',
      parseRedisConf(before.redisConf),
      parseRedisConf(after.redisConf),
      countInstances(before.connectionBudget),
    ),
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

/** Each version knows the one before it, and no older one: whoever runs on that cannot log in any more. */
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
  const container = (key: string, was: string, becomes: string, cut: number): PlannedChange[] =>
    was === becomes
      ? []
      : [{ file: 'container', key, before: was, after: becomes, ...replacing(cut) }];
  if (before.pgbouncerIni === '' || after.pgbouncerIni === '') {
    const state = ({ pgbouncerIni }: DeployedPlan): string => (pgbouncerIni === '' ? 'off' : 'on');
    // Either way the app gets another address, and every connection it has now ends.
    return container(
      'PgBouncer',
      state(before),
      state(after),
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
    ...container(
      'published port of PgBouncer',
      String(before.pgbouncerPort),
      String(after.pgbouncerPort),
      clients,
    ),
    // The time that a process gets to stop is part of its container; a sidecar has its pod's.
    ...(pooler.placement === 'sidecar'
      ? []
      : container(
          'stop grace of PgBouncer',
          `${before.timeouts.drain.poolerGraceSeconds} s`,
          `${after.timeouts.drain.poolerGraceSeconds} s`,
          clients,
        )),
  ];
}

type Keys = Readonly<Record<string, string>>;

/** A server that is not ours has no settings here: between the two there is no key to compare. */
function postgresChanges(before: Keys, after: Keys, clients: number): PlannedChange[] {
  const [was, becomes] = [before, after].map((settings) =>
    Object.keys(settings).length === 0 ? 'external' : 'own',
  );
  if (was === becomes) return restarts('postgresql.conf', before, after, clients);
  return [
    { file: 'container', key: 'Postgres', before: was, after: becomes, effect: 'restart', clients },
  ];
}

function restarts(
  file: 'postgresql.conf' | 'redis.conf',
  before: Keys,
  after: Keys,
  clients: number,
): PlannedChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
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
}

const usedAt = ({ connectionBudget }: DeployedPlan, name: Hop['name']): number =>
  connectionBudget.hops.find((hop) => hop.name === name)?.used ?? 0;

/** `key value` on each line. */
function parseRedisConf(text: string): Keys {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  );
}
