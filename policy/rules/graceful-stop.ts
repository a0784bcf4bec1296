import { dockerContainer, placeOf, podOf } from '../containers.ts';
import { holds, isPositive, isText, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import type { Props, Subject } from '../subject.ts';

const SECONDS = 'a whole number of seconds from 1';
const ACTED_ON = 'a signal that a program can act on';
const SAME_GRACE =
  'Give it the value of stopTimeout: the provider looks at nothing else when it replaces ' +
  'or removes the container.';
const KILLS = /^(?:(?:SIG)?KILL|9)$/i;
const isStopSignal = (value: unknown): boolean => isText(value) && !KILLS.test(value);

export const gracefulStop: ResourceRule = {
  name: 'graceful-stop',
  reason:
    'A server that is killed drops its transactions and its clients, and the Docker provider ' +
    'kills unless it is told how to stop and how long to wait.',
  check: (subject) => [...checkDocker(subject), ...checkPod(subject)],
};

function checkDocker(subject: Subject): Violation[] {
  const container = dockerContainer(subject);
  if (container === undefined) return [];
  const wants = (
    at: string,
    isRight: (value: unknown) => boolean,
    words: Pick<Violation, 'allowed' | 'remedy'>,
  ): Violation[] =>
    holds(container[at], isRight) ? [] : [{ at, got: showValue(container[at]), ...words }];
  return [
    ...wants('stopSignal', isStopSignal, {
      allowed: ACTED_ON,
      remedy:
        'Name the one by which its server finishes what runs: SIGINT for Postgres and PgBouncer, ' +
        'SIGTERM for most.',
    }),
    ...wants('stopTimeout', isPositive, {
      allowed: SECONDS,
      remedy: 'Set how long it may take to end: docker stop kills it after that.',
    }),
    ...(lessThanTimeout(container) ??
      wants('destroyGraceSeconds', isPositive, { allowed: SECONDS, remedy: SAME_GRACE })),
  ];
}

/** A grace that is shorter than the container's own time to stop; undefined when it is not. */
function lessThanTimeout({
  stopTimeout: timeout,
  destroyGraceSeconds: grace,
}: Props): Violation[] | undefined {
  if (typeof timeout !== 'number' || !isPositive(grace) || Number(grace) >= timeout)
    return undefined;
  return [
    {
      at: 'destroyGraceSeconds',
      got: `${showValue(grace)}, less than its stopTimeout of ${timeout}`,
      allowed: 'no less than stopTimeout',
      remedy: SAME_GRACE,
    },
  ];
}

function checkPod(subject: Subject): Violation[] {
  const pod = podOf(subject);
  if (pod === undefined) return [];
  const grace = pod.spec['terminationGracePeriodSeconds'];
  const killed = pod.containers.flatMap(({ at, props }): Violation[] => {
    const signal = valueAt(props, 'lifecycle', 'stopSignal');
    if (!isText(signal) || !KILLS.test(signal)) return [];
    return [
      {
        at: `${at}.lifecycle.stopSignal`,
        got: signal,
        allowed: ACTED_ON,
        remedy: 'Leave it out: the image names the one by which its server ends.',
      },
    ];
  });
  if (holds(grace, isPositive)) return killed;
  return [
    {
      at: placeOf(pod, 'terminationGracePeriodSeconds'),
      got: showValue(grace),
      allowed: SECONDS,
      remedy: 'Set how long its slowest container may take to end.',
    },
    ...killed,
  ];
}
