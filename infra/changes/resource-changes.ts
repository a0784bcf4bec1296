import { PART_TYPES } from '../settings/standard-names.ts';

/** What the engine says it will do to one resource. */
export interface ResourceChange {
  readonly operation: 'create' | 'update' | 'replace' | 'delete' | 'same';
  /** `docker:index/container:Container` */
  readonly type: string;
  /** Name in the program: `pgbouncer`. */
  readonly name: string;
  /** Inputs that differ, as the provider names them: `spec.template.spec.containers[0].image`. */
  readonly paths: readonly string[];
  /** Whether its object stays, with its data, when the stack no longer manages it. */
  readonly isKept: boolean;
  /** Until now nothing could delete it. */
  readonly losesProtection?: boolean;
}

/** How many resources are touched, and which. */
export interface ResourceSummary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
  /** `Container pgbouncer` */
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly replaced: readonly string[];
  readonly deleted: readonly string[];
  /** Replaced and deleted resources whose data is lost. */
  readonly lostData: readonly string[];
  /** Resources that the stack no longer manages, and that stay with their data. */
  readonly keptData: readonly string[];
  /** What goes on, but is deleted with the rest from now on. */
  readonly unprotected: readonly string[];
}

/** Volumes and claims with data in them, by their names in the program. */
const HOLD_DATA = ['postgres-data', 'postgres-backup', 'redis-data'];

export function summarizeResources(changes: readonly ResourceChange[]): ResourceSummary {
  const of = (operation: ResourceChange['operation']): readonly ResourceChange[] =>
    changes.filter((change) => change.operation === operation);
  const names = (list: readonly ResourceChange[]): readonly string[] =>
    list.map(({ type, name }) => `${shownKind(type)} ${name}`).sort();
  const ended = [...of('replace'), ...of('delete')].filter(({ name }) => HOLD_DATA.includes(name));
  return {
    create: of('create').length,
    update: of('update').length,
    replace: of('replace').length,
    delete: of('delete').length,
    same: of('same').length,
    created: names(of('create')),
    updated: names(of('update')),
    replaced: names(of('replace')),
    deleted: names(of('delete')),
    lostData: names(ended.filter(({ isKept }) => !isKept)),
    keptData: names(ended.filter(({ isKept }) => isKept)),
    unprotected: names(changes.filter(({ losesProtection = false }) => losesProtection)),
  };
}

/** `part` for a group of resources: `Postgres postgres` would read as a server that is touched. */
const shownKind = (type: string): string => (type.startsWith(PART_TYPES) ? 'part' : kindOf(type));

/** `Container` of `docker:index/container:Container`. */
export const kindOf = (type: string): string => type.slice(type.lastIndexOf(':') + 1);
