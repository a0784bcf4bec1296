import { dockerProcess, placeOf, podOf } from '../containers.ts';
import { holds, listAt, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import { type Props, UNKNOWN } from '../subject.ts';

const DROPS_ALL = 'a list with ALL';
const NO_NEW_PRIVILEGES = /^no-new-privileges(?:[:=]true)?$/;
const NEW_PRIVILEGES = /^no-new-privileges[:=]false$/;
/** The last one of several wins. */
const gainsNone = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.some((option) => option === UNKNOWN || NO_NEW_PRIVILEGES.test(String(option))) &&
  !value.some((option) => NEW_PRIVILEGES.test(String(option)));
const holdsAll = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.some((entry) => entry === UNKNOWN || String(entry).toUpperCase() === 'ALL');
/** Takes back what Docker does by itself. */
const LOOSENS = /^(?:(?:seccomp|apparmor|systempaths)[:=]unconfined|label[:=]disable)$/;
const DOCKER_NAMESPACES = ['pidMode', 'ipcMode', 'usernsMode'] as const;
const POD_NAMESPACES = ['hostPID', 'hostIPC'] as const;

export const noPrivileges: ResourceRule = {
  name: 'no-privileges',
  reason:
    'None of these servers needs a privilege of the kernel; one that it has, or can get from a ' +
    'setuid program, is for an intruder.',
  check: (subject) => {
    const container = dockerProcess(subject);
    if (container !== undefined) return ofContainer(container);
    const pod = podOf(subject);
    if (pod === undefined) return [];
    return [
      ...POD_NAMESPACES.filter((key) => pod.spec[key] === true).map((key) =>
        shared(placeOf(pod, key), 'true', 'false'),
      ),
      ...unconfined(placeOf(pod, 'securityContext'), valueAt(pod.spec, 'securityContext')),
      ...pod.containers.flatMap(({ at, props }) =>
        ofPodContainer(`${at}.securityContext`, valueAt(props, 'securityContext')),
      ),
    ];
  },
};

function ofContainer(container: Props): Violation[] {
  const drops = valueAt(container, 'capabilities', 'drops');
  const options = valueAt(container, 'securityOpts');
  return [
    ...(holds(drops, holdsAll)
      ? []
      : [
          {
            at: 'capabilities.drops',
            got: showValue(drops),
            allowed: DROPS_ALL,
            remedy: "Drop them: capabilities: { drops: ['ALL'] }.",
          },
        ]),
    ...added('capabilities.adds', listAt(container, 'capabilities', 'adds')),
    ...(holds(options, gainsNone)
      ? []
      : [
          {
            at: 'securityOpts',
            got: showValue(options),
            allowed: 'a list with no-new-privileges:true',
            remedy: 'Add it, and nothing that takes it back.',
          },
        ]),
    ...listAt(options)
      .filter((option) => LOOSENS.test(String(option)))
      .map((option) => ({
        at: 'securityOpts',
        got: showValue(option),
        allowed: 'the profiles of the engine, or narrower ones',
        remedy: 'Remove it.',
      })),
    ...DOCKER_NAMESPACES.filter((key) => container[key] === 'host').map((key) =>
      shared(key, 'host', 'a namespace of its own'),
    ),
    ...privileged('privileged', container['privileged']),
  ];
}

function ofPodContainer(at: string, context: unknown): Violation[] {
  const drop = valueAt(context, 'capabilities', 'drop');
  const escalation = valueAt(context, 'allowPrivilegeEscalation');
  return [
    ...(holds(drop, holdsAll)
      ? []
      : [
          {
            at: `${at}.capabilities.drop`,
            got: showValue(drop),
            allowed: DROPS_ALL,
            remedy: "Drop them: capabilities: { drop: ['ALL'] }.",
          },
        ]),
    ...added(`${at}.capabilities.add`, listAt(context, 'capabilities', 'add')),
    ...(holds(escalation, (value) => value === false)
      ? []
      : [
          {
            at: `${at}.allowPrivilegeEscalation`,
            got: showValue(escalation),
            allowed: 'false',
            remedy: 'Set it: without it a setuid program becomes root.',
          },
        ]),
    ...unconfined(at, context),
    ...privileged(`${at}.privileged`, valueAt(context, 'privileged')),
  ];
}

const added = (at: string, list: readonly unknown[]): Violation[] =>
  list.length === 0
    ? []
    : [
        {
          at,
          got: showValue(list),
          allowed: 'none',
          remedy: 'Remove it: a port above 1023 and files of its own user need none.',
        },
      ];
const shared = (at: string, got: string, allowed: string): Violation => ({
  at,
  got,
  allowed,
  remedy: 'Leave it out: with it the processes of the machine are within reach.',
});
const unconfined = (at: string, context: unknown): Violation[] =>
  valueAt(context, 'seccompProfile', 'type') === 'Unconfined'
    ? [
        {
          at: `${at}.seccompProfile.type`,
          got: 'Unconfined',
          allowed: 'RuntimeDefault, or a profile',
          remedy: 'Set RuntimeDefault.',
        },
      ]
    : [];
const privileged = (at: string, value: unknown): Violation[] =>
  value === true ? [{ at, got: 'true', allowed: 'false', remedy: 'Remove it.' }] : [];
