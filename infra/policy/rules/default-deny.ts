import { kubernetesKind, podOf } from '../containers.ts';
import { isText, listAt, mapAt, valueAt } from '../props.ts';
import type { StackRule } from '../rule.ts';
import { type Subject, UNKNOWN } from '../subject.ts';

const DIRECTIONS = ['Ingress', 'Egress'] as const;
type Direction = (typeof DIRECTIONS)[number];
const DEFAULT_NAMESPACE = 'default';

export const defaultDeny: StackRule = {
  name: 'default-deny',
  reason: 'A cluster lets every pod reach every other one: what no policy closes, in both directions, is open to whatever runs beside it.',
  check: (subjects) => {
    const closed = subjects.flatMap(closedDirections);
    const places = new Map(subjects.filter((subject) => podOf(subject) !== undefined).map((subject) => [namespaceOf(subject), subject.name]));
    // Of a namespace without a name yet nobody can say what is in it.
    if (closed.some(({ namespace }) => namespace === UNKNOWN)) return [];
    return [...places].flatMap(([namespace, workload]) => {
      const open = DIRECTIONS.filter((direction) => !closed.some((found) => found.namespace === namespace && found.direction === direction));
      if (!isText(namespace) || open.length === 0) return [];
      return [
        {
          of: `namespace ${namespace}`,
          at: 'NetworkPolicy',
          got: `none that closes ${open.join(' and ')} for every pod (${workload} runs there)`,
          allowed: 'one with podSelector {} and no rule, for Ingress and Egress',
          remedy: 'Add it, and a policy for each way that is needed; let the pods depend on it.',
        },
      ];
    });
  },
};

const namespaceOf = ({ props }: Subject): unknown => valueAt(props, 'metadata', 'namespace') ?? DEFAULT_NAMESPACE;

/** What this policy closes for every pod of its namespace: the directions that it names and has no rule for. */
function closedDirections(subject: Subject): { readonly namespace: unknown; readonly direction: Direction }[] {
  if (kubernetesKind(subject) !== 'NetworkPolicy') return [];
  const { spec } = subject.props;
  const isForAll = ['matchLabels', 'matchExpressions'].every((key) => Object.keys(mapAt(spec, 'podSelector', key)).length === 0);
  const named = listAt(spec, 'policyTypes');
  return DIRECTIONS.filter((direction) => isForAll && named.includes(direction) && listAt(spec, direction.toLowerCase()).length === 0).map((direction) => ({ namespace: namespaceOf(subject), direction }));
}
