import { expect, test } from '@jest/globals';
import { container, deployment, placesIn } from '../testing/subjects.ts';
import { nonRoot } from './non-root.ts';

const inPod = 'spec.template.spec.containers[0] (app).securityContext';

test.each([undefined, '', '0', '00', '+0', 'root', '0:999', '00:999', 'root:root'])(
  'a container of user %p is refused',
  (user) => {
    expect(placesIn(nonRoot, container({ user }))).toEqual(['user']);
  },
);

test.each(['999:999', '10001', '010:0', 'postgres', 'rootless'])(
  'one of user %s passes',
  (user) => {
    expect(placesIn(nonRoot, container({ user }))).toEqual([]);
  },
);

test('one that only brings files is never started; one with a command is judged', () => {
  const files = { user: undefined, start: false, uploads: [{ file: '/x', content: 'x' }] };
  expect(placesIn(nonRoot, container(files))).toEqual([]);
  expect(placesIn(nonRoot, container({ ...files, start: undefined }))).toEqual(['user']);
  expect(placesIn(nonRoot, container({ ...files, command: ['sh'] }))).toEqual(['user']);
});

test('a pod, or each of its containers, says that it is not root', () => {
  expect(placesIn(nonRoot, deployment())).toEqual([]);
  expect(placesIn(nonRoot, deployment({ pod: { securityContext: {} } }))).toEqual([
    `${inPod}.runAsNonRoot`,
  ]);
  expect(
    placesIn(
      nonRoot,
      deployment({
        pod: { securityContext: {} },
        container: { securityContext: { runAsNonRoot: true } },
      }),
    ),
  ).toEqual([]);
});

test('what a container says stands before what its pod says', () => {
  expect(
    placesIn(nonRoot, deployment({ container: { securityContext: { runAsNonRoot: false } } })),
  ).toEqual([`${inPod}.runAsNonRoot`]);
  expect(
    placesIn(nonRoot, deployment({ container: { securityContext: { runAsUser: 0 } } })),
  ).toEqual([`${inPod}.runAsUser`]);
});

test('containers that run before the others are judged too', () => {
  expect(
    placesIn(
      nonRoot,
      deployment({
        pod: { initContainers: [{ name: 'first', securityContext: { runAsUser: 0 } }] },
      }),
    ),
  ).toEqual(['spec.template.spec.initContainers[0] (first).securityContext.runAsUser']);
});
