import { PROJECT } from '../settings/standard-names.ts';

/** What each thing in an environment is, as its label says. */
export type Component =
  | 'app'
  | 'pgbouncer'
  | 'postgres'
  | 'redis'
  | 'migrate'
  | 'backup'
  | 'pgbouncer-reload'
  | 'network';

export interface Label {
  readonly label: string;
  readonly value: string;
}

/** `spywatcher-<stack>-<thing>`: one look at `docker ps` tells whose it is, and two stacks never meet. */
export const objectName = (environment: string, thing: string): string =>
  `${PROJECT}-${environment}-${thing}`;

/** On every container, volume, network and image of ours. */
export function objectLabels(environment: string, component: Component): Label[] {
  return [
    { label: 'project', value: PROJECT },
    { label: 'stack', value: environment },
    { label: 'component', value: component },
  ];
}
