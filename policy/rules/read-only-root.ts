import { dockerProcess, podOf } from '../containers.ts';
import { holds, showValue, valueAt } from '../props.ts';
import type { ResourceRule } from '../rule.ts';

const isTrue = (value: unknown): boolean => value === true;

export const readOnlyRoot: ResourceRule = {
  name: 'read-only-root',
  reason:
    'What gets into a container cannot leave programs in it, and what a server writes must be in ' +
    'a volume, or it is lost with the container.',
  check: (subject) => {
    const container = dockerProcess(subject);
    if (container !== undefined && !holds(container['readOnly'], isTrue)) {
      return [
        {
          at: 'readOnly',
          got: showValue(container['readOnly']),
          allowed: 'true',
          remedy: 'Set it, and give what must be written a volume or a tmpfs.',
        },
      ];
    }
    return (podOf(subject)?.containers ?? []).flatMap(({ at, props }) => {
      const readOnly = valueAt(props, 'securityContext', 'readOnlyRootFilesystem');
      return holds(readOnly, isTrue)
        ? []
        : [
            {
              at: `${at}.securityContext.readOnlyRootFilesystem`,
              got: showValue(readOnly),
              allowed: 'true',
              remedy: 'Set it, and give what must be written a volume or an emptyDir.',
            },
          ];
    });
  },
};
