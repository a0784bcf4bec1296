import { PROJECT } from '../settings/standard-names.ts';
import type { Component } from './components.ts';

/** Value of the label `component` on Docker's objects. */
export type DockerComponent = Component | 'app-migrate' | 'pgbouncer-reload' | 'network';

/** A label as Docker's provider takes it. */
export interface DockerLabel {
  readonly label: string;
  readonly value: string;
}

/**
 * Name of a container, volume or network: `spywatcher-<stack>-<thing>`. `docker ps` shows whose it
 * is, and two stacks never meet.
 */
export const dockerName = (environment: string, thing: string): string =>
  `${PROJECT}-${environment}-${thing}`;

/** Labels of every container, volume, network and image of the stack. */
export function dockerLabels(environment: string, component: DockerComponent): DockerLabel[] {
  return [
    { label: 'project', value: PROJECT },
    { label: 'stack', value: environment },
    { label: 'component', value: component },
  ];
}
