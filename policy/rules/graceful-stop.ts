import { dockerContainer, placeOf, podOf } from '../containers.ts';
import { holds, isPositive, isText, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';

const SECONDS = 'a whole number of seconds from 1';
const KILLS = /^(?:(?:SIG)?KILL|9)$/i;
const isStopSignal = (value: unknown): boolean => isText(value) && !KILLS.test(value);

export const gracefulStop: ResourceRule = {
  name: 'graceful-stop',
  reason:
    'A server that is killed drops its transactions and its clients, and the Docker provider ' +
    'kills unless it is told how to stop and how long to wait.',
  check: (subject) => {
    const violations: Violation[] = [];
    const container = dockerContainer(subject);
    if (container !== undefined) {
      const wants = (
        at: string,
        isRight: (value: unknown) => boolean,
        allowed: string,
        remedy: string,
      ): void => {
        if (!holds(container[at], isRight))
          violations.push({ at, got: showValue(container[at]), allowed, remedy });
      };
      wants(
        'stopSignal',
        isStopSignal,
        'a signal that a program can act on',
        'Name the one by which its server finishes what runs: SIGINT for Postgres and PgBouncer, ' +
          'SIGTERM for most.',
      );
      wants(
        'stopTimeout',
        isPositive,
        SECONDS,
        'Say how long it may take to end: docker stop kills it after that.',
      );
      const remedy =
        'Give it the value of stopTimeout: the provider looks at nothing else when it replaces ' +
        'or removes the container.';
      const [timeout, grace] = [container['stopTimeout'], container['destroyGraceSeconds']];
      if (typeof timeout === 'number' && isPositive(grace) && Number(grace) < timeout)
        violations.push({
          at: 'destroyGraceSeconds',
          got: `${showValue(grace)}, less than its stopTimeout of ${timeout}`,
          allowed: 'no less than stopTimeout',
          remedy,
        });
      else wants('destroyGraceSeconds', isPositive, SECONDS, remedy);
    }
    const pod = podOf(subject);
    const grace = pod?.spec['terminationGracePeriodSeconds'];
    if (pod !== undefined && !holds(grace, isPositive)) {
      violations.push({
        at: placeOf(pod, 'terminationGracePeriodSeconds'),
        got: showValue(grace),
        allowed: SECONDS,
        remedy: 'Say how long its slowest container may take to end.',
      });
    }
    for (const { at, props } of pod?.containers ?? []) {
      const signal = valueAt(props, 'lifecycle', 'stopSignal');
      if (isText(signal) && KILLS.test(signal))
        violations.push({
          at: `${at}.lifecycle.stopSignal`,
          got: signal,
          allowed: 'a signal that a program can act on',
          remedy: 'Leave it out: the image says which one its server ends by.',
        });
    }
    return violations;
  },
};
