import { PROJECT } from '../settings/standard-names.ts';
import type { Component } from './components.ts';

/** Value of the label `app.kubernetes.io/component` on Kubernetes' objects. */
export type KubernetesComponent = Component | 'restore' | 'environment';

/** Name of the environment's namespace; two environments in one cluster never meet. */
export const namespaceName = (environment: string): string => `${PROJECT}-${environment}`;

/**
 * Labels of every object of the stack.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function kubernetesLabels(
  environment: string,
  component: KubernetesComponent,
): Record<string, string> {
  return {
    ...selectorLabels(environment, component),
    'app.kubernetes.io/part-of': PROJECT,
    'app.kubernetes.io/managed-by': 'pulumi',
  };
}

/**
 * Labels that find a component's pods. A selector can never be changed, so it holds what never
 * changes.
 */
export function selectorLabels(
  environment: string,
  component: KubernetesComponent,
): Record<string, string> {
  return {
    'app.kubernetes.io/name': PROJECT,
    'app.kubernetes.io/instance': environment,
    'app.kubernetes.io/component': component,
  };
}

/** Label of the namespaces that may reach the admin routes; its value is the environment's name. */
export const MONITORS_LABEL = 'spywatcher/monitors';
