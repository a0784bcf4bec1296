import { dockerProcess, podOf } from '../containers.ts';
import { holds, listAt, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import type { Props } from '../subject.ts';

const DROPS_ALL = 'a list with ALL';
const NO_NEW_PRIVILEGES = /^no-new-privileges(?:[:=]true)?$/;
const holdsAll = (value: unknown): boolean => Array.isArray(value) && value.some((entry) => String(entry).toUpperCase() === 'ALL');

export const noPrivileges: ResourceRule = {
  name: 'no-privileges',
  reason: 'None of these servers needs a privilege of the kernel; one that it has, or can get from a setuid program, is for an intruder.',
  check: (subject) => {
    const container = dockerProcess(subject);
    if (container !== undefined) return ofContainer(container);
    return (podOf(subject)?.containers ?? []).flatMap(({ at, props }) => ofPodContainer(`${at}.securityContext`, valueAt(props, 'securityContext')));
  },
};

function ofContainer(container: Props): Violation[] {
  const drops = valueAt(container, 'capabilities', 'drops');
  const options = valueAt(container, 'securityOpts');
  return [
    ...(holds(drops, holdsAll) ? [] : [{ at: 'capabilities.drops', got: showValue(drops), allowed: DROPS_ALL, remedy: "Drop them: capabilities: { drops: ['ALL'] }." }]),
    ...added('capabilities.adds', listAt(container, 'capabilities', 'adds')),
    ...(holds(options, (value) => Array.isArray(value) && value.some((option) => NO_NEW_PRIVILEGES.test(String(option))))
      ? []
      : [{ at: 'securityOpts', got: showValue(options), allowed: 'a list with no-new-privileges:true', remedy: 'Add it.' }]),
    ...privileged('privileged', container['privileged']),
  ];
}

function ofPodContainer(at: string, context: unknown): Violation[] {
  const drop = valueAt(context, 'capabilities', 'drop');
  const escalation = valueAt(context, 'allowPrivilegeEscalation');
  return [
    ...(holds(drop, holdsAll) ? [] : [{ at: `${at}.capabilities.drop`, got: showValue(drop), allowed: DROPS_ALL, remedy: "Drop them: capabilities: { drop: ['ALL'] }." }]),
    ...added(`${at}.capabilities.add`, listAt(context, 'capabilities', 'add')),
    ...(holds(escalation, (value) => value === false) ? [] : [{ at: `${at}.allowPrivilegeEscalation`, got: showValue(escalation), allowed: 'false', remedy: 'Set it: without it a setuid program becomes root.' }]),
    ...privileged(`${at}.privileged`, valueAt(context, 'privileged')),
  ];
}

const added = (at: string, list: readonly unknown[]): Violation[] => (list.length === 0 ? [] : [{ at, got: showValue(list), allowed: 'none', remedy: 'Remove it: a port above 1023 and files of its own user need none.' }]);
const privileged = (at: string, value: unknown): Violation[] => (value === true ? [{ at, got: 'true', allowed: 'false', remedy: 'Remove it.' }] : []);
