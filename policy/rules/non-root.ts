import { dockerProcess, podOf } from '../containers.ts';
import { holds, isText, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import { UNKNOWN } from '../subject.ts';

/** Docker reads a number as Go does: `00` is 0. */
const ROOT = /^(?:root|[+-]?0+)(?::|$)/;
const isOrdinaryUser = (user: unknown): boolean => isText(user) && !ROOT.test(user);

export const nonRoot: ResourceRule = {
  name: 'non-root',
  reason:
    "A process that breaks out of its container has the rights of its user, and root's are " +
    'everything.',
  check: (subject) => {
    const container = dockerProcess(subject);
    if (container !== undefined && !holds(container['user'], isOrdinaryUser)) {
      return [
        {
          at: 'user',
          got: showValue(container['user']),
          allowed: 'a user other than root, by number: 999:999',
          remedy: 'Name it: without it the image decides, and most images start as root.',
        },
      ];
    }
    const pod = podOf(subject);
    if (pod === undefined) return [];
    return pod.containers.flatMap(({ at, props }): Violation[] => {
      // What a container says stands before what its pod says.
      const own = (key: string): unknown =>
        valueAt(props, 'securityContext', key) ?? valueAt(pod.spec, 'securityContext', key);
      const [user, isNonRoot] = [own('runAsUser'), own('runAsNonRoot')];
      return [
        ...(isNonRoot === true || isNonRoot === UNKNOWN
          ? []
          : [
              {
                at: `${at}.securityContext.runAsNonRoot`,
                got: showValue(isNonRoot),
                allowed: 'true, here or for the pod',
                remedy: 'Set it: the kubelet then starts no image as root.',
              },
            ]),
        ...(user === 0
          ? [
              {
                at: `${at}.securityContext.runAsUser`,
                got: '0, which is root',
                allowed: 'any other user',
                remedy: 'Choose one: 10001.',
              },
            ]
          : []),
      ];
    });
  },
};
