import { PROJECT } from '../settings/standard-names.ts';

/** What each thing in an environment is, as its label says. */
export type Component =
  'app' | 'pgbouncer' | 'postgres' | 'redis' | 'migrate' | 'backup' | 'restore' | 'environment';

/** One namespace for each environment, so that two of them in one cluster never meet. */
export const namespaceName = (environment: string): string => `${PROJECT}-${environment}`;

/** Kubernetes' recommended labels, on every object of ours. */
export function objectLabels(environment: string, component: Component): Record<string, string> {
  return {
    ...selectorLabels(environment, component),
    'app.kubernetes.io/part-of': PROJECT,
    'app.kubernetes.io/managed-by': 'pulumi',
  };
}

/** What finds the pods of a component. A selector can never be changed, so it holds what never changes. */
export function selectorLabels(environment: string, component: Component): Record<string, string> {
  return {
    'app.kubernetes.io/name': PROJECT,
    'app.kubernetes.io/instance': environment,
    'app.kubernetes.io/component': component,
  };
}

/** A namespace with this label and the environment's name as its value may reach the admin routes. */
export const MONITORS_LABEL = 'spywatcher/monitors';
