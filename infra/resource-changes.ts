/** What the engine says it will do to one resource. */
export interface ResourceChange {
  readonly operation: 'create' | 'update' | 'replace' | 'delete' | 'same';
  /** `docker:index/container:Container` */
  readonly type: string;
  /** In the program: `pgbouncer`. */
  readonly name: string;
  /** Inputs that differ, as the provider names them: `spec.template.spec.containers[0].image`. */
  readonly paths: readonly string[];
}

/** How many resources are touched, and which of them end. */
export interface ResourceSummary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
  /** `Container pgbouncer` */
  readonly replaced: readonly string[];
  readonly deleted: readonly string[];
}

export function summarizeResources(changes: readonly ResourceChange[]): ResourceSummary {
  const of = (operation: ResourceChange['operation']): readonly ResourceChange[] => changes.filter((change) => change.operation === operation);
  const names = (operation: ResourceChange['operation']): readonly string[] => of(operation).map(({ type, name }) => `${kindOf(type)} ${name}`).sort();
  return {
    create: of('create').length,
    update: of('update').length,
    replace: of('replace').length,
    delete: of('delete').length,
    same: of('same').length,
    replaced: names('replace'),
    deleted: names('delete'),
  };
}

/** `Container` of `docker:index/container:Container`. */
export const kindOf = (type: string): string => type.slice(type.lastIndexOf(':') + 1);
