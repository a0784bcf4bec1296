import { describe, expect, test } from '@jest/globals';
import {
  ApiException,
  type CoreV1Api,
  type CoreV1Event,
  type V1Pod,
} from '@kubernetes/client-node';
import type { ClusterApi } from '../../infra/running/cluster-api.ts';
import { describeTroubleIn } from './cluster-trouble.ts';

const WAITING: V1Pod = {
  metadata: { name: 'app-1' },
  status: {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'app',
        image: '',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off' } },
      },
    ],
  },
};
const WELL: V1Pod = {
  metadata: { name: 'redis-0' },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'redis', image: '', imageID: '', ready: true, restartCount: 0 }],
  },
};

const refuse = (code: number, message: string) => () =>
  Promise.reject(new ApiException(code, '', JSON.stringify({ message }), {}));
const warning = (message: string, times: Partial<CoreV1Event>): CoreV1Event => ({
  type: 'Warning',
  reason: 'Failed',
  message,
  involvedObject: {},
  metadata: {},
  ...times,
});

/**
 * What the API server would answer; where nothing is said, there is one pod that waits, without
 * events and without a log.
 */
function cluster(
  answers: {
    readonly pods?: () => Promise<unknown>;
    readonly events?: () => Promise<unknown>;
    readonly log?: () => Promise<unknown>;
  } = {},
): ClusterApi {
  const core = {
    listNamespacedPod:
      answers.pods ??
      (() =>
        Promise.resolve({ items: [WELL, WAITING, { ...WAITING, metadata: { name: 'app-2' } }] })),
    listNamespacedEvent: answers.events ?? (() => Promise.resolve({ items: [] })),
    readNamespacedPodLog: answers.log ?? refuse(400, 'container is waiting to start'),
  };
  return { core: core as unknown as CoreV1Api, namespace: 'spywatcher-prod' } as ClusterApi;
}

test('unready pods are reported with what they wait for, healthy ones are not', async () => {
  expect(await describeTroubleIn(cluster())).toBe(
    ['app-1', 'app-2']
      .map((name) => `${name} is Pending:\n  app waits: ImagePullBackOff Back-off.`)
      .join('\n\n'),
  );
});

test('the five latest warnings are in the order of their times, wherever those stand', async () => {
  const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000);
  const items = [
    warning('sixth', { lastTimestamp: at(6), firstTimestamp: at(0) }),
    warning('second', { eventTime: at(2) }),
    warning('first', { lastTimestamp: at(1) }),
    warning('fifth', { series: { count: 2, lastObservedTime: at(5) }, eventTime: at(0) }),
    warning('third', { firstTimestamp: at(3) }),
    warning('fourth', { metadata: { creationTimestamp: at(4) } }),
    { ...warning('of no interest', { lastTimestamp: at(7) }), type: 'Normal' },
  ];
  const text = await describeTroubleIn(cluster({ events: () => Promise.resolve({ items }) }));
  expect(
    [...(text.split('\n\n')[0]?.matchAll(/Failed: (.*)/g) ?? [])].map(([, message]) => message),
  ).toEqual(['second', 'third', 'fourth', 'fifth', 'sixth']);
});

describe('a right that is missing', () => {
  test('to list events is named once, and the pods are told all the same', async () => {
    const text = await describeTroubleIn(cluster({ events: refuse(403, 'events is forbidden') }));
    expect(text).toContain('app-1 is Pending:\n  app waits: ImagePullBackOff');
    expect(
      text.match(
        /this user may not list events in the namespace spywatcher-prod: events is forbidden/g,
      ),
    ).toHaveLength(1);
  });

  test('to read logs is named', async () => {
    expect(
      await describeTroubleIn(cluster({ log: refuse(403, 'pods/log is forbidden') })),
    ).toContain(
      'this user may not get pods/log in the namespace spywatcher-prod: pods/log is forbidden',
    );
  });

  test('to list pods is named, instead of an error', async () => {
    expect(await describeTroubleIn(cluster({ pods: refuse(403, 'pods is forbidden') }))).toMatch(
      /^this user may not list pods in the namespace spywatcher-prod: pods is forbidden/,
    );
  });
});

test('an API server that does not answer is told, instead of an error', async () => {
  const text = await describeTroubleIn(
    cluster({ pods: () => Promise.reject(new Error('connect ECONNREFUSED')) }),
  );
  expect(text).toMatch(
    /^cannot list pods in .*-prod: the API server does not answer \(connect ECONNREFUSED\)/,
  );
});
