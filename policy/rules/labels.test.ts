import { expect, test } from '@jest/globals';
import { UNKNOWN } from '../subject.ts';
import {
  checkIn,
  container,
  deployment,
  kubernetesObject,
  placesIn,
  subjectOf,
} from '../testing/subjects.ts';
import { labels } from './labels.ts';

const CHARTS_AND_FILES = [
  'helm.sh/v3:Release',
  'helm.sh/v4:Chart',
  'yaml:ConfigFile',
  'yaml/v2:ConfigGroup',
  'kustomize/v2:Directory',
].map((type) => `kubernetes:${type}`);

test.each(['container:Container', 'volume:Volume', 'network:Network'])(
  'a docker %s needs all of its labels',
  (type) => {
    const object = (...names: string[]) =>
      subjectOf(`docker:index/${type}`, { labels: names.map((label) => ({ label, value: 'x' })) });
    expect(placesIn(labels, object('project', 'stack', 'component', 'own'))).toEqual([]);
    expect(checkIn(labels, 'development', object('project', 'stack'))).toEqual([
      {
        at: 'labels',
        got: 'project, stack',
        allowed: 'project, stack, component',
        remedy: 'Add component.',
      },
    ]);
    expect(placesIn(labels, subjectOf(`docker:index/${type}`, {}))).toEqual(['labels']);
  },
);

test('an empty label is none, and labels that are not known yet pass', () => {
  expect(
    placesIn(
      labels,
      container({
        labels: ['project', 'stack', 'component'].map((label) => ({ label, value: '' })),
      }),
    ),
  ).toEqual(['labels']);
  expect(placesIn(labels, container({ labels: UNKNOWN }))).toEqual([]);
});

test('an image is labelled where it is built', () => {
  expect(
    placesIn(
      labels,
      subjectOf('docker:index/remoteImage:RemoteImage', { name: 'x:1', build: { context: '.' } }),
    ),
  ).toEqual(['build.labels']);
  expect(
    placesIn(labels, subjectOf('docker:index/remoteImage:RemoteImage', { name: 'x:1' })),
  ).toEqual([]);
});

test('a Kubernetes object needs all of its labels, and so do the pods that it makes', () => {
  expect(placesIn(labels, deployment())).toEqual([]);
  expect(placesIn(labels, deployment({ labels: { 'app.kubernetes.io/name': 'x' } }))).toEqual([
    'metadata.labels',
    'spec.template.metadata.labels',
  ]);
  expect(placesIn(labels, kubernetesObject('core/v1:ConfigMap', {}, { labels: {} }))).toEqual([
    'metadata.labels',
  ]);
});

test('what is no object of a target needs none', () => {
  for (const type of [
    'pulumi:pulumi:Stack',
    'pulumi:providers:kubernetes',
    'kubernetes:core/v1:ConfigMapPatch',
    'kubernetes:core/v1:ConfigMapList',
    ...CHARTS_AND_FILES,
  ])
    expect(placesIn(labels, subjectOf(type, {}))).toEqual([]);
});

test("an object of an operator's kind needs its own labels, and is not taken for a pod", () => {
  expect(
    placesIn(labels, kubernetesObject('batch.operator.test/v1:Job', { tasks: [] }, { labels: {} })),
  ).toEqual(['metadata.labels']);
});
