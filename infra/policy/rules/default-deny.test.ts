import { expect, test } from '@jest/globals';
import { UNKNOWN, type Props } from '../subject.ts';
import { deployment, kubernetesObject, subjectOf } from '../testing/subjects.ts';
import { defaultDeny } from './default-deny.ts';

const policy = (spec: Props, namespace: unknown = 'one') => kubernetesObject('networking.k8s.io/v1:NetworkPolicy', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...spec }, { namespace });
const found = (...subjects: Parameters<typeof defaultDeny.check>[0]) => defaultDeny.check(subjects).map(({ of, got }) => `${of}: ${got}`);
const open = (directions: string): string[] => [`namespace one: none that closes ${directions} for every pod (thing runs there)`];

test('a namespace with pods is closed by one policy, or by one for each direction', () => {
  expect(found(deployment(), policy({}))).toEqual([]);
  expect(found(deployment(), policy({ policyTypes: ['Ingress'] }), policy({ policyTypes: ['Egress'] }))).toEqual([]);
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
  const places = found(deployment({ namespace: 'two' }), deployment({ namespace: null }), deployment(), policy({})).map((line) => line.split(':')[0]);
  expect(places).toEqual(['namespace two', 'namespace default']);
});

test('a stack without pods needs no policy, and of a namespace that is not known yet nothing is said', () => {
  expect(found(subjectOf('docker:index/container:Container', {}))).toEqual([]);
  expect(found(deployment({ namespace: UNKNOWN }), policy({}, UNKNOWN))).toEqual([]);
});
