import { expect, test } from '@jest/globals';
import { isRolledOut } from './server-rollout.ts';

const done = {
  observedGeneration: 2,
  currentRevision: 'b',
  updateRevision: 'b',
  updatedReplicas: 1,
  readyReplicas: 1,
  replicas: 1,
};
const of = (status: Partial<typeof done>) => ({
  metadata: { generation: 2 },
  spec: { replicas: 1 } as never,
  status: { ...done, ...status },
});

test('a server runs as asked for when its one pod is of the latest revision and ready', () => {
  expect(isRolledOut(of({}))).toBe(true);
});

test.each([
  ['the controller has not looked yet', { observedGeneration: 1 }],
  ['the pod is of the revision before', { currentRevision: 'a', updatedReplicas: 0 }],
  ['the new pod is not ready', { currentRevision: 'a', readyReplicas: 0 }],
])('it does not while %s', (_when, status) => {
  expect(isRolledOut(of(status))).toBe(false);
});
