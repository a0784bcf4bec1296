import { ownKubernetesKind, podOf } from '../containers.ts';
import { isText, listAt, mapAt, valueAt } from '../props.ts';
import type { StackRule } from '../rule.ts';
import { type Subject, UNKNOWN } from '../subject.ts';

const DIRECTIONS = ['Ingress', 'Egress'] as const;
type Direction = (typeof DIRECTIONS)[number];
const DEFAULT_NAMESPACE = 'default';

export const defaultDeny: StackRule = {
  name: 'default-deny',
  reason:
    'A cluster lets every pod reach every other one: what no policy closes, in both directions, ' +
    'is open to whatever runs beside it.',
  check: (subjects) => {
    const policies = subjects.flatMap(readPolicy);
    const places = new Map(
      subjects
        .filter((subject) => podOf(subject) !== undefined)
        .map((subject) => [namespaceOf(subject), subject.name]),
    );
    // What is in a namespace without a name yet cannot be known.
    if (policies.some(({ namespace }) => namespace === UNKNOWN)) return [];
    return [...places].flatMap(([namespace, workload]) => {
      if (!isText(namespace)) return [];
      const here = policies.filter((policy) => policy.namespace === namespace);
      const open = DIRECTIONS.filter(
        (direction) => !here.some(({ closes }) => closes.includes(direction)),
      );
      const at = { of: `namespace ${namespace}`, at: 'NetworkPolicy' };
      const missing = {
        ...at,
        got: `none that closes ${open.join(' and ')} for every pod (${workload} runs there)`,
        allowed: 'one with podSelector {} and no rule, for Ingress and Egress',
        remedy: 'Add it, and a policy for each way that is needed; let the pods depend on it.',
      };
      // Policies add up: what one of them opens no other one closes.
      const reopened = here.flatMap(({ name, opens }) => {
        const undone = opens.filter((direction) => !open.includes(direction));
        if (undone.length === 0) return [];
        return [
          {
            ...at,
            got: `${name}, which opens ${undone.join(' and ')} of every pod to everything`,
            allowed: 'rules that name peers or ports',
            remedy: 'Remove it, or name in its rules who may speak with whom.',
          },
        ];
      });
      return [...(open.length === 0 ? [] : [missing]), ...reopened];
    });
  },
};

const namespaceOf = ({ props }: Subject): unknown =>
  valueAt(props, 'metadata', 'namespace') ?? DEFAULT_NAMESPACE;

interface Policy {
  readonly name: string;
  readonly namespace: unknown;
  /** Directions that it closes for every pod: it names them and has no rule for them. */
  readonly closes: readonly Direction[];
  /** Directions that it opens for every pod: by a rule that names neither a peer nor a port. */
  readonly opens: readonly Direction[];
}

function readPolicy(subject: Subject): Policy[] {
  if (ownKubernetesKind(subject) !== 'NetworkPolicy') return [];
  const { spec } = subject.props;
  const rulesOf = (direction: Direction): readonly unknown[] =>
    listAt(spec, direction.toLowerCase());
  const isForAll = ['matchLabels', 'matchExpressions'].every(
    (key) => Object.keys(mapAt(spec, 'podSelector', key)).length === 0,
  );
  // Left out, they are what the API server fills in.
  const named =
    valueAt(spec, 'policyTypes') === undefined
      ? ['Ingress', ...(rulesOf('Egress').length > 0 ? ['Egress'] : [])]
      : listAt(spec, 'policyTypes');
  const directions = isForAll ? DIRECTIONS.filter((direction) => named.includes(direction)) : [];
  const opensAll = (rule: unknown): boolean =>
    rule !== UNKNOWN &&
    ['from', 'to', 'ports'].every(
      (key) => valueAt(rule, key) !== UNKNOWN && listAt(rule, key).length === 0,
    );
  return [
    {
      name: subject.name,
      namespace: namespaceOf(subject),
      closes: directions.filter((direction) => rulesOf(direction).length === 0),
      opens: directions.filter((direction) => rulesOf(direction).some(opensAll)),
    },
  ];
}
