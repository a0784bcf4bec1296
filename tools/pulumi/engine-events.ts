import type { EnginePreview } from '../../infra/report/plan-report.ts';
import type { ResourceChange } from '../../infra/changes/resource-changes.ts';

interface ResourceOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
}

/**
 * The part of an event in the engine's log (`--event-log`) that is needed; secrets in it are masked
 * by the engine.
 */
interface EngineEvent {
  readonly resourcePreEvent?: {
    readonly metadata: {
      readonly op: string;
      readonly urn: string;
      readonly type: string;
      readonly diffs?: readonly string[] | null;
      readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
      readonly old?: ResourceOptions | null;
      readonly new?: ResourceOptions | null;
    };
  };
  readonly diagnosticEvent?: {
    readonly message: string;
    readonly severity: string;
    readonly urn?: string;
  };
  readonly policyEvent?: {
    readonly message: string;
    readonly enforcementLevel: string;
    readonly policyName: string;
    readonly resourceUrn?: string;
  };
}

/** A replacement is told in three steps; the middle one stands for it. */
const OPERATIONS: readonly string[] = [
  'create',
  'update',
  'replace',
  'delete',
  'same',
] satisfies ResourceChange['operation'][];

/**
 * What the engine's log says: JSON, one event a line; a line that was not written to its end counts
 * for nothing.
 */
export function readEngineEvents(log: string): EnginePreview {
  const events = log.split('\n').flatMap(parseEvent);
  return { changes: events.flatMap(changeOf), failures: events.flatMap(failureOf) };
}

function parseEvent(line: string): readonly EngineEvent[] {
  try {
    return [JSON.parse(line) as EngineEvent];
  } catch {
    return [];
  }
}

function changeOf({ resourcePreEvent }: EngineEvent): readonly ResourceChange[] {
  if (resourcePreEvent === undefined) return [];
  const { op, urn, type, diffs, detailedDiff, old, new: planned } = resourcePreEvent.metadata;
  // The engine's own default providers are no resources to it, either.
  if (
    !OPERATIONS.includes(op) ||
    (type.startsWith('pulumi:providers:') && nameIn(urn).startsWith('default'))
  )
    return [];
  return [
    {
      operation: op as ResourceChange['operation'],
      type,
      name: nameIn(urn),
      paths: pathsOf(detailedDiff, diffs),
      isKept: old?.retainOnDelete === true,
      ...(old?.protect === true && planned && planned.protect !== true
        ? { losesProtection: true }
        : {}),
    },
  ];
}

/** The detailed ones where the provider gives any, else the names of the changed inputs. */
function pathsOf(
  detailed: Readonly<Record<string, unknown>> | null | undefined,
  diffs: readonly string[] | null | undefined,
): readonly string[] {
  const paths = Object.keys(detailed ?? {});
  return paths.length > 0 ? paths : (diffs ?? []);
}

function failureOf({ diagnosticEvent, policyEvent }: EngineEvent): readonly string[] {
  if (diagnosticEvent?.severity === 'error')
    return [describe(diagnosticEvent.urn, diagnosticEvent.message)];
  if (policyEvent?.enforcementLevel === 'mandatory')
    return [describe(policyEvent.resourceUrn, `${policyEvent.policyName}: ${policyEvent.message}`)];
  return [];
}

const describe = (urn: string | undefined, message: string): string =>
  `${urn === undefined || urn === '' ? '' : `${nameIn(urn)}: `}${withoutColours(message).trim()}`;

/** The last part of `urn:pulumi:stack::project::type::name`. */
const nameIn = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2);

/** Pulumi's own marks for colours: `<{%reset%}>`. */
const withoutColours = (text: string): string => text.replaceAll(/<\{%[^%]*%\}>/g, '');
