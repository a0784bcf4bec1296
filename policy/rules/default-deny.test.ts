import { expect, test } from '@jest/globals';
import { UNKNOWN, type Props } from '../subject.ts';
import { deployment, kubernetesObject, subjectOf } from '../testing/subjects.ts';
import { defaultDeny } from './default-deny.ts';

const policy = (spec: Props, namespace: unknown = 'one') =>
  kubernetesObject(
    'networking.k8s.io/v1:NetworkPolicy',
    { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...spec },
    { namespace },
  );
const found = (...subjects: Parameters<typeof defaultDeny.check>[0]) =>
  defaultDeny.check(subjects).map(({ of, got }) => `${of}: ${got}`);
const open = (directions: string): string[] => [
  `namespace one: none that closes ${directions} for every pod (thing runs there)`,
];

test('a namespace with pods is closed by one policy, or by one for each direction', () => {
  expect(found(deployment(), policy({}))).toEqual([]);
  expect(
    found(deployment(), policy({ policyTypes: ['Ingress'] }), policy({ policyTypes: ['Egress'] })),
  ).toEqual([]);
});

test.each<[string, Props, string]>([
  ['is for some pods', { podSelector: { matchLabels: { a: 'b' } } }, 'Ingress and Egress'],
  ['names one direction', { policyTypes: ['Ingress'] }, 'Egress'],
  ['lets something in', { ingress: [{}] }, 'Ingress'],
  ['lets something out', { egress: [{}] }, 'Egress'],
])('a policy that %s does not close the rest', (_name, spec, directions) => {
  expect(found(deployment(), policy(spec))).toEqual(open(directions));
});

test('a policy of another namespace does not count, and none at all neither', () => {
  expect(found(deployment(), policy({}, 'two'))).toEqual(open('Ingress and Egress'));
  expect(found(deployment())).toEqual(open('Ingress and Egress'));
});

test('each namespace is judged by itself, the one without a name too', () => {
  const places = found(
    deployment({ namespace: 'two' }),
    deployment({ namespace: null }),
    deployment(),
    policy({}),
  ).map((line) => line.split(':')[0]);
  expect(places).toEqual(['namespace two', 'namespace default']);
});

test(
  'a stack without pods needs no policy, and of a namespace that is not known yet nothing is ' +
    'said',
  () => {
    expect(found(subjectOf('docker:index/container:Container', {}))).toEqual([]);
    expect(found(deployment({ namespace: UNKNOWN }), policy({}, UNKNOWN))).toEqual([]);
  },
);

test(
  'policies add up: one that opens a direction to everything undoes the others, one that ' +
    'names a port does not',
  () => {
    const opened = { ingress: [{}], egress: [{ to: [], ports: [] }] };
    expect(found(deployment(), policy({}), policy(opened))).toEqual([
      'namespace one: thing, which opens Ingress and Egress of every pod to everything',
    ]);
    expect(
      found(
        deployment(),
        policy({}),
        policy({ ingress: [{ ports: [{ port: 3001 }] }], egress: [{ to: [{ podSelector: {} }] }] }),
      ),
    ).toEqual([]);
    expect(
      found(
        deployment(),
        policy({}),
        policy({ ...opened, podSelector: { matchLabels: { a: 'b' } } }),
      ),
    ).toEqual([]);
  },
);

test('without policyTypes a policy is for Ingress, and for Egress if it has such rules', () => {
  const { policyTypes, ...spec } = { policyTypes: undefined, podSelector: {} };
  expect(found(deployment(), policy({ ...spec, policyTypes }))).toEqual(open('Egress'));
});

test("an operator's Job and NetworkPolicy are none of ours", () => {
  expect(found(kubernetesObject('batch.operator.test/v1:Job', {}))).toEqual([]);
  expect(
    found(
      deployment(),
      kubernetesObject('crd.operator.test/v1:NetworkPolicy', {
        policyTypes: ['Ingress', 'Egress'],
      }),
    ),
  ).toEqual(open('Ingress and Egress'));
});
