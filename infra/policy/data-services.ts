import { valueAt } from './props.ts';

/** Servers that nobody but the app and the pooler has to reach. */
const DATA_SERVICES = [
  { service: 'Postgres', port: 5_432, component: 'postgres' },
  { service: 'PgBouncer', port: 6_432, component: 'pgbouncer' },
  { service: 'Redis', port: 6_379, component: 'redis' },
] as const;

export const COMPONENT_LABEL = { docker: 'component', kubernetes: 'app.kubernetes.io/component' } as const;

/** The data server that listens on this port, or that the labels name; a server may listen on another port than its own. */
export function dataServiceOf({ ports = [], component }: { readonly ports?: readonly unknown[]; readonly component?: unknown }): string | undefined {
  return DATA_SERVICES.find((known) => ports.includes(known.port) || component === known.component)?.service;
}

export const componentOf = (labels: unknown, target: keyof typeof COMPONENT_LABEL): unknown => valueAt(labels, COMPONENT_LABEL[target]);
