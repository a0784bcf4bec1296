import { expect, test } from '@jest/globals';
import { type Props, UNKNOWN } from '../subject.ts';
import { container, deployment, placesIn } from '../testing/subjects.ts';
import { noPrivileges } from './no-privileges.ts';

test('a container without capabilities that can gain none passes', () => {
  expect(placesIn(noPrivileges, container())).toEqual([]);
  expect(
    placesIn(
      noPrivileges,
      container({ capabilities: { drops: ['all'] }, securityOpts: ['no-new-privileges'] }),
    ),
  ).toEqual([]);
});

test.each<[string, Props, string]>([
  ['keeps its capabilities', { capabilities: undefined }, 'capabilities.drops'],
  ['drops only some', { capabilities: { drops: ['NET_RAW'] } }, 'capabilities.drops'],
  ['takes one back', { capabilities: { drops: ['ALL'], adds: ['CHOWN'] } }, 'capabilities.adds'],
  ['may gain new ones', { securityOpts: [] }, 'securityOpts'],
  ['turns that off', { securityOpts: ['no-new-privileges:false'] }, 'securityOpts'],
  [
    'turns that off again',
    { securityOpts: ['no-new-privileges:true', 'no-new-privileges:false'] },
    'securityOpts',
  ],
  [
    'may call the whole kernel',
    { securityOpts: ['no-new-privileges:true', 'seccomp=unconfined'] },
    'securityOpts',
  ],
  [
    'is in no profile',
    { securityOpts: ['no-new-privileges:true', 'apparmor:unconfined'] },
    'securityOpts',
  ],
  ['sees the processes of the machine', { pidMode: 'host' }, 'pidMode'],
  ['speaks with them', { ipcMode: 'host' }, 'ipcMode'],
  ['has the users of the machine', { usernsMode: 'host' }, 'usernsMode'],
  ['is privileged', { privileged: true }, 'privileged'],
])('a container that %s is refused', (_name, changed, at) => {
  expect(placesIn(noPrivileges, container(changed))).toEqual([at]);
});

const context = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

test('a pod like that passes', () => {
  expect(placesIn(noPrivileges, deployment())).toEqual([]);
});

test.each<[string, Props, string]>([
  ['keeps its capabilities', { ...context, capabilities: {} }, 'capabilities.drop'],
  [
    'takes one back',
    { ...context, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
    'capabilities.add',
  ],
  [
    'may gain new ones',
    { ...context, allowPrivilegeEscalation: undefined },
    'allowPrivilegeEscalation',
  ],
  [
    'may call the whole kernel',
    { ...context, seccompProfile: { type: 'Unconfined' } },
    'seccompProfile.type',
  ],
  ['is privileged', { ...context, privileged: true }, 'privileged'],
])('a container of a pod that %s is refused', (_name, securityContext, at) => {
  expect(placesIn(noPrivileges, deployment({ container: { securityContext } }))).toEqual([
    `spec.template.spec.containers[0] (app).securityContext.${at}`,
  ]);
});

test.each<[Props, string]>([
  [{ hostPID: true }, 'hostPID'],
  [{ hostIPC: true }, 'hostIPC'],
  [
    { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    'securityContext.seccompProfile.type',
  ],
])('a pod with %j is refused', (pod, at) => {
  expect(placesIn(noPrivileges, deployment({ pod }))).toEqual([`spec.template.spec.${at}`]);
});

test('a list with an entry that is not known yet passes', () => {
  expect(
    placesIn(
      noPrivileges,
      container({ capabilities: { drops: [UNKNOWN] }, securityOpts: [UNKNOWN] }),
    ),
  ).toEqual([]);
});
