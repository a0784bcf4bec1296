import { dockerProcess, podOf } from '../containers.ts';
import { holds, isPositive, isText, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';

/** `500m`, `0.5`, `256Mi`. */
const isQuantity = (value: unknown): boolean =>
  isPositive(value) || (isText(value) && Number.parseFloat(value) > 0);

export const limits: ResourceRule = {
  name: 'limits',
  reason:
    'A server without a limit takes what its neighbours were counted on, and then the kernel ' +
    'chooses whom to kill.',
  check: (subject) => {
    const container = dockerProcess(subject);
    if (container !== undefined && !holds(container['memory'], isPositive)) {
      return [
        {
          at: 'memory',
          got: showValue(container['memory']),
          allowed: 'a number of megabytes',
          remedy: 'Set it to what its server may take at the most.',
        },
      ];
    }
    const pod = podOf(subject);
    return (pod?.containers ?? []).flatMap(({ at, props }) =>
      (['memory', 'cpu'] as const).flatMap((resource): Violation[] => {
        // A limit of the pod holds for all of its containers together.
        const limit =
          valueAt(props, 'resources', 'limits', resource) ??
          valueAt(pod?.spec, 'resources', 'limits', resource);
        return holds(limit, isQuantity)
          ? []
          : [
              {
                at: `${at}.resources.limits.${resource}`,
                got: showValue(limit),
                allowed: resource === 'memory' ? 'an amount: 256Mi' : 'an amount: 500m',
                remedy: 'Set it to what the container may take at the most.',
              },
            ];
      }),
    );
  },
};
