/** What an expression asks for: metrics, and which values of which labels. */
interface Selector {
  readonly metric: string;
  readonly matchers: readonly {
    readonly label: string;
    readonly operator: string;
    readonly value: string;
  }[];
}

export interface PromqlNames {
  readonly selectors: readonly Selector[];
  /** Labels that series are grouped or matched by. */
  readonly groupedBy: readonly string[];
}

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const OPERATORS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
]);

/**
 * Not a parser: enough for what rules and panels of ours use, and a real Prometheus runs each
 * expression in the end-to-end test.
 */
export function namesIn(expression: string): PromqlNames {
  const groupedBy = [...expression.matchAll(GROUPING)]
    .flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))
    .filter((label) => label !== '');
  const selectors = [
    ...expression.replaceAll(GROUPING, ' ').matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?\s*(\()?/g),
  ]
    .filter(([, name = '', , call]) => call === undefined && !OPERATORS.has(name))
    .map(([, metric = '', braces = '']) => ({
      metric,
      matchers: [...braces.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*(["'])(.*?)\3/g)].map(
        ([, label = '', operator = '', , value = '']) => ({ label, operator, value }),
      ),
    }));
  return { selectors: withoutDurations(selectors), groupedBy };
}

/** `[5m]` leaves an m behind. */
const withoutDurations = (selectors: readonly Selector[]): Selector[] =>
  selectors.filter(({ metric }) => !/^(ms|[smhdwy]|__rate_interval)$/.test(metric));
