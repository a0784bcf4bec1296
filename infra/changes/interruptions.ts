import type { Hop } from '../plan/hop.ts';
import { startDeadlineSeconds } from '../plan/timeouts.ts';
import type { Plan } from '../plan/plan.ts';
import {
  type Before,
  deployedInstances,
  type DeployedPlan,
  deployedProcesses,
  describeDeployed,
  usedAt,
} from './deployed-plan.ts';
import { areRevoked } from './plan-changes.ts';
import { kindOf, type ResourceChange } from './resource-changes.ts';

type Service = 'app' | 'PgBouncer' | 'Postgres' | 'Redis';

/** Time from a service's last answer to its successor's first. Seconds. */
interface Away {
  /** docs/preview.md says how it was measured. */
  readonly typicalSeconds: number;
  /** All of its grace to stop and all of its time to start. */
  readonly atMostSeconds: number;
}

/** One service that does not go on as it is. */
export interface Interruption {
  readonly service: Service;
  /**
   * `rolls`: a pod ends only when its successor answers, so nobody is cut. `in turn`: the other
   * processes serve while one is replaced.
   */
  readonly away: Away | 'rolls' | 'in turn' | 'for good';
  /** Connections that end with it, at the most, by the deployed plan. */
  readonly cut: number;
  readonly connections: Hop['name'] | 'connections to Redis' | 'requests';
  /** What those see who use it meanwhile. */
  readonly callers: string;
}

interface Comparison {
  readonly before: Before;
  readonly plan: Plan;
  readonly changes: readonly ResourceChange[];
}

/** Services in the order of the update: what the app uses is changed before it. */
const SERVICES: readonly (readonly [string, Service])[] = [
  ['postgres', 'Postgres'],
  ['redis', 'Redis'],
  ['pgbouncer', 'PgBouncer'],
  ['app', 'app'],
];
/** Kinds of resources that are a running service, on either target. */
const RUNNING = ['Container', 'Deployment', 'StatefulSet'];

const TYPICAL_SECONDS: Readonly<
  Record<'docker' | 'kubernetes', Readonly<Record<Service, number>>>
> = {
  docker: { Postgres: 3, Redis: 2, PgBouncer: 2, app: 2 },
  kubernetes: { Postgres: 4, Redis: 5, PgBouncer: 10, app: 20 },
};

/**
 * Which services are interrupted, from what the engine says it does to the resources that run them.
 * Empty when none is.
 */
export function findInterruptions({ before, plan, changes }: Comparison): readonly Interruption[] {
  // What ends is deployed: it ends by its own grace, and its users wait at deployed servers.
  const deployed = typeof before === 'string' ? describeDeployed(plan) : before;
  return SERVICES.flatMap(([name, service]) => {
    // What begins interrupts nothing: it stands beside what ends when the target changes.
    const change = changes.find(
      ({ name: changed, type, operation }) =>
        changed === name && RUNNING.includes(kindOf(type)) && operation !== 'create',
    );
    if (change === undefined) return [];
    const interrupted = { service, deployed, plan };
    const away = howAway(change, interrupted);
    if (away === 'goes on') return [];
    return [
      {
        service,
        away,
        cut: isLeftFirst(service, away, change) ? 0 : countCut(interrupted),
        connections: connectionsTo(service, deployed),
        callers: isLockedOut(interrupted) ? LOCKED_OUT : callersOf(service, away, deployed),
      },
    ];
  });
}

/**
 * Whether somebody has to wait or gets an error. What stops for good has no users left, except the
 * app: its callers are outside the environment.
 */
export const isDowntime = (interruptions: readonly Interruption[]): boolean =>
  interruptions.some(
    ({ service, away }) => typeof away !== 'string' || (service === 'app' && away === 'for good'),
  );

/**
 * Whether all users leave first: a tier of bouncers on Kubernetes ends after the pods that use it.
 */
const isLeftFirst = (
  service: Service,
  away: Interruption['away'],
  { type }: ResourceChange,
): boolean =>
  away === 'rolls' ||
  (away === 'for good' && service === 'PgBouncer' && kindOf(type) === 'Deployment');

interface Interrupted {
  readonly service: Service;
  readonly deployed: DeployedPlan;
  readonly plan: Plan;
}

function howAway(
  { operation, type, paths }: ResourceChange,
  interrupted: Interrupted,
): Interruption['away'] | 'goes on' {
  const { service, deployed, plan } = interrupted;
  const { settings } = plan;
  const whileReplaced: Away = {
    typicalSeconds: TYPICAL_SECONDS[settings.target][service],
    atMostSeconds: graceSeconds(service, deployed) + startDeadlineSeconds(settings),
  };
  if (operation === 'replace')
    return service === 'PgBouncer' && deployedProcesses(deployed) > 1 ? 'in turn' : whileReplaced;
  if (operation === 'delete') return 'for good';
  if (operation !== 'update' || !paths.some(isAboutPods)) return 'goes on';
  return kindOf(type) === 'StatefulSet' || isLockedOut(interrupted) ? whileReplaced : 'rolls';
}

/** Whether instances are of no use until they are replaced: the plan revokes their passwords. */
const isLockedOut = ({ service, deployed, plan: { settings } }: Interrupted): boolean =>
  service === 'app' && areRevoked(deployed.credentialsVersion, settings.credentialsVersion);

const LOCKED_OUT =
  'From the change of the passwords until its replacement, ' +
  'no instance can log in to the database or to Redis.';

/**
 * Whether a changed path is part of the pods' template: a change of replicas, for example, leaves
 * running pods alone. Where the engine reports only `spec`, the template may have changed.
 */
const isAboutPods = (path: string): boolean => path === 'spec' || path.startsWith('spec.template');

function graceSeconds(service: Service, { timeouts: { drain } }: DeployedPlan): number {
  switch (service) {
    case 'app':
      return drain.appGraceSeconds;
    case 'PgBouncer':
      return drain.poolerGraceSeconds;
    case 'Postgres':
      return drain.postgresGraceSeconds;
    case 'Redis':
      return drain.redisGraceSeconds;
    default:
      return service satisfies never;
  }
}

function connectionsTo(service: Service, deployed: DeployedPlan): Interruption['connections'] {
  switch (service) {
    case 'app':
      return 'requests';
    case 'PgBouncer':
      return 'client connections';
    case 'Postgres':
      return isPooled(deployed) ? 'server connections' : 'direct connections';
    case 'Redis':
      return 'connections to Redis';
    default:
      return service satisfies never;
  }
}

const isPooled = ({ pgbouncerIni }: DeployedPlan): boolean => pgbouncerIni !== '';

function countCut({ service, deployed, plan }: Interrupted): number {
  switch (service) {
    case 'app':
      // It answers what is in flight before it ends.
      return 0;
    case 'Redis':
      return deployedInstances(deployed, plan);
    case 'PgBouncer':
    case 'Postgres':
      return usedAt(deployed, connectionsTo(service, deployed));
    default:
      return service satisfies never;
  }
}

function callersOf(service: Service, away: Interruption['away'], deployed: DeployedPlan): string {
  if (away === 'for good')
    return service === 'app'
      ? 'Callers of its old address are refused.'
      : 'Nothing in the environment uses it any more.';
  if (away === 'rolls') {
    return service === 'app'
      ? 'Each pod answers its requests before it ends, and its successor is ready by then.'
      : 'Each bouncer ends when its clients have gone over to another one.';
  }
  if (away === 'in turn')
    return (
      'Running transactions end first, and new connections go to the other processes. ' +
      'A write that meets the end of its connection gets 503.'
    );
  switch (service) {
    case 'app':
      return 'New requests are refused or reset; those in flight are answered first.';
    case 'PgBouncer':
      return 'Requests that need the database get 503.';
    case 'Postgres':
      return isPooled(deployed)
        ? 'Running transactions end. Requests that need the database wait at PgBouncer for up to ' +
            `${deployed.timeouts.wait.queryWaitMs / 1_000} s, or get 503.`
        : 'Requests that need the database get 503.';
    case 'Redis':
      return 'Nobody sees an error: the app reads from the database, which is slower.';
    default:
      return service satisfies never;
  }
}
