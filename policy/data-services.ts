import { isText, valueAt } from './props.ts';

/** Servers that nobody but the app and the pooler has to reach. */
const DATA_SERVICES = [
  {
    service: 'Postgres',
    port: 5_432,
    component: 'postgres',
    names: ['postgres', 'postgresql', 'postgis'],
  },
  { service: 'PgBouncer', port: 6_432, component: 'pgbouncer', names: ['pgbouncer'] },
  { service: 'Redis', port: 6_379, component: 'redis', names: ['redis', 'valkey'] },
] as const;
const SERVER_PROGRAM = /(?:^-|(?:^|\/)(?:postgres|pgbouncer|redis-server|valkey-server)$)/;

export const COMPONENT_LABEL = {
  docker: 'component',
  kubernetes: 'app.kubernetes.io/component',
} as const;

interface Hints {
  /** Numbers, and names such as `postgresql`. */
  readonly ports?: readonly unknown[];
  readonly component?: unknown;
  /** Image of a container that runs the server. */
  readonly image?: unknown;
}

/**
 * The data server that listens on one of these ports, or that the labels or the image name; a
 * server may listen on another port than its own.
 */
export function dataServiceOf({ ports = [], component, image }: Hints): string | undefined {
  const program = isText(image) ? /([^/:@]+)(?::[^/@]*)?(?:@.*)?$/.exec(image)?.[1] : undefined;
  return DATA_SERVICES.find(
    ({ port, component: label, names }) =>
      component === label ||
      ports.includes(port) ||
      names.some((name) => name === program || ports.includes(name)),
  )?.service;
}

/** The image as a hint, unless the command is a client that comes with the server: `pg_dump`. */
export function serverImage(image: unknown, command: readonly unknown[]): unknown {
  const [first] = command;
  return first === undefined || (isText(first) && SERVER_PROGRAM.test(first)) ? image : undefined;
}

export const componentOf = (labels: unknown, target: keyof typeof COMPONENT_LABEL): unknown =>
  valueAt(labels, COMPONENT_LABEL[target]);
