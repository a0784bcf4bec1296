import { expect, test } from '@jest/globals';
import type { V1Deployment } from '@kubernetes/client-node';
import { judgeAppRollout } from './app-rollout.ts';

const SCALED = { replicas: 2, maxReplicas: 4 };

/** Where nothing else is given: two pods asked for, there, ready, of the latest version. */
function deployment(
  given: {
    readonly wanted?: number;
    readonly ready?: number;
    readonly present?: number;
    readonly updated?: number;
    readonly observed?: number;
  } = {},
): V1Deployment {
  const { wanted = 2, observed = 3 } = given;
  const { ready = wanted, present = wanted, updated = wanted } = given;
  const spec = { replicas: wanted, selector: {}, template: {} };
  return {
    metadata: { generation: 3 },
    spec,
    status: {
      readyReplicas: ready,
      replicas: present,
      updatedReplicas: updated,
      observedGeneration: observed,
    },
  };
}

test('an app whose pods are all new and ready has no trouble, up to the maximum', () => {
  for (const wanted of [2, 3, 4])
    expect(judgeAppRollout(deployment({ wanted }), SCALED)).toEqual({
      wanted,
      ready: wanted,
      troubles: [],
    });
});

test.each([1, 5])('%d pods asked for are outside of what the settings allow', (wanted) => {
  expect(judgeAppRollout(deployment({ wanted }), SCALED).troubles).toEqual([
    `the Deployment app asks for ${wanted === 1 ? '1 pod' : '5 pods'}, but app.replicas is 2 ` +
      'and app.maxReplicas 4',
  ]);
});

test('pods that are not ready are counted', () => {
  expect(judgeAppRollout(deployment({ ready: 1 }), SCALED).troubles).toEqual([
    '1 of 2 pods of the app are ready',
  ]);
});

test('an old pod that serves beside enough new ones is a trouble', () => {
  expect(judgeAppRollout(deployment({ ready: 3, present: 3 }), SCALED).troubles).toEqual([
    '1 pod of an earlier version of the app still serves',
  ]);
});

test('pods that the latest version lacks are a trouble although enough are ready', () => {
  expect(judgeAppRollout(deployment({ updated: 0 }), SCALED).troubles).toEqual([
    '0 of 2 pods of the app are of the latest version',
    '2 pods of an earlier version of the app still serve',
  ]);
});

test('figures from before the latest change do not count', () => {
  expect(judgeAppRollout(deployment({ observed: 2 }), SCALED).troubles).toEqual([
    'the cluster has not looked at the latest change of the app yet',
  ]);
});

test('a Deployment without a status yet is not ready', () => {
  expect(
    judgeAppRollout(
      { metadata: { generation: 1 }, spec: { replicas: 2, selector: {}, template: {} } },
      SCALED,
    ).troubles,
  ).toHaveLength(3);
});
