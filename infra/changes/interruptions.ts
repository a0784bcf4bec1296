import { countInstances } from '../plan/connection-budget.ts';
import type { Hop } from '../plan/hop.ts';
import { startDeadlineSeconds } from '../plan/timeouts.ts';
import type { Plan } from '../plan/plan.ts';
import { areRevoked, type DeployedPlan, describeDeployed } from './plan-changes.ts';
import { kindOf, type ResourceChange } from './resource-changes.ts';

export type Service = 'app' | 'PgBouncer' | 'Postgres' | 'Redis';

/** Between a service's last answer and its successor's first. Seconds. */
export interface Away {
  /** docs/preview.md says how it was measured. */
  readonly typicalSeconds: number;
  /** All of its grace to stop and all of its time to start. */
  readonly atMostSeconds: number;
}

/** One service that does not go on as it is. */
export interface Interruption {
  readonly service: Service;
  /** `rolls`: a pod ends only when its successor answers, so nobody is cut. */
  readonly away: Away | 'rolls' | 'for good';
  /** Connections that end with it, at the most, by the deployed plan. */
  readonly cut: number;
  readonly connections: Hop['name'] | 'connections to Redis' | 'requests';
  /** What those see who use it meanwhile. */
  readonly callers: string;
}

interface Comparison {
  readonly before: DeployedPlan | 'nothing' | 'of another version';
  readonly plan: Plan;
  readonly changes: readonly ResourceChange[];
}

/** In the order of the update: what stands behind the app is touched first. */
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

/** Which services are interrupted, from what the engine says it does to the resources that run them. Empty when none is. */
export function findInterruptions({ before, plan, changes }: Comparison): readonly Interruption[] {
  // What ends is what is deployed: it ends by its own grace, and its users wait at what is deployed, too.
  const deployed = typeof before === 'string' ? describeDeployed(plan) : before;
  return SERVICES.flatMap(([name, service]) => {
    // What begins interrupts nothing; it stands beside what ends when an environment moves to the other target.
    const change = changes.find(
      ({ name: changed, type, operation }) =>
        changed === name && RUNNING.includes(kindOf(type)) && operation !== 'create',
    );
    const away =
      change === undefined
        ? 'goes on'
        : howAway(change, { service, deployed, settings: plan.settings });
    if (change === undefined || away === 'goes on') return [];
    const cutting = isLeftFirst(service, away, change)
      ? { cut: 0, connections: connectionsTo(service, deployed) }
      : cutBy(service, deployed);
    return [
      {
        service,
        away,
        ...cutting,
        callers: isLockedOut(service, deployed, plan.settings)
          ? LOCKED_OUT
          : callersOf(service, away, deployed),
      },
    ];
  });
}

/** Whether somebody has to wait, or gets an error. What stops for good is used by nobody then, but for the app: its callers are elsewhere. */
export const isDowntime = (interruptions: readonly Interruption[]): boolean =>
  interruptions.some(
    ({ service, away }) => typeof away !== 'string' || (service === 'app' && away === 'for good'),
  );

/** A tier of bouncers on Kubernetes goes when the pods that used it have gone, and waits for whoever is left. */
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
  readonly settings: Plan['settings'];
}

function howAway(
  { operation, type, paths }: ResourceChange,
  { service, deployed, settings }: Interrupted,
): Interruption['away'] | 'goes on' {
  const whileReplaced: Away = {
    typicalSeconds: TYPICAL_SECONDS[settings.target][service],
    atMostSeconds: graceSeconds(service, deployed) + startDeadlineSeconds(settings),
  };
  if (operation === 'replace') return whileReplaced;
  if (operation === 'delete') return 'for good';
  if (operation !== 'update' || !paths.some(isAboutPods)) return 'goes on';
  return kindOf(type) === 'StatefulSet' || isLockedOut(service, deployed, settings)
    ? whileReplaced
    : 'rolls';
}

/** Instances that run on passwords which the plan revokes are of no use until they are replaced, one by one or not. */
const isLockedOut = (
  service: Service,
  deployed: DeployedPlan,
  settings: Plan['settings'],
): boolean =>
  service === 'app' && areRevoked(deployed.credentialsVersion, settings.credentialsVersion);

const LOCKED_OUT =
  'From the change of the passwords until its replacement, no instance can log in to the database or to Redis.';

/** Only the template is: replicas, for one, are changed without touching those that run. Where the engine gives no more than `spec`, it may be. */
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

function cutBy(
  service: Service,
  deployed: DeployedPlan,
): Pick<Interruption, 'cut' | 'connections'> {
  const connections = connectionsTo(service, deployed);
  switch (service) {
    case 'app':
      // It answers what is in flight before it ends.
      return { cut: 0, connections };
    case 'Redis':
      return { cut: countInstances(deployed.connectionBudget), connections };
    case 'PgBouncer':
    case 'Postgres':
      return {
        cut: deployed.connectionBudget.hops.find(({ name }) => name === connections)?.used ?? 0,
        connections,
      };
    default:
      return service satisfies never;
  }
}

function callersOf(service: Service, away: Interruption['away'], deployed: DeployedPlan): string {
  if (away === 'for good')
    return service === 'app'
      ? 'Whoever calls it at its old address is refused.'
      : 'Nothing in the environment uses it any more.';
  if (away === 'rolls') {
    return service === 'app'
      ? 'Each pod answers its requests before it ends, and its successor is ready by then.'
      : 'Each bouncer ends when its clients have gone over to another one.';
  }
  switch (service) {
    case 'app':
      return 'New requests are refused or reset; those in flight are answered first.';
    case 'PgBouncer':
      return 'Requests that need the database get 503.';
    case 'Postgres':
      return isPooled(deployed)
        ? `Running transactions end. Requests that need the database wait at PgBouncer for up to ${deployed.timeouts.wait.queryWaitMs / 1_000} s, or get 503.`
        : 'Requests that need the database get 503.';
    case 'Redis':
      return 'Nobody sees an error: the app reads from the database, which is slower.';
    default:
      return service satisfies never;
  }
}
