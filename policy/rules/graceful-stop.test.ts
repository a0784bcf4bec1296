import { expect, test } from '@jest/globals';
import { UNKNOWN } from '../subject.ts';
import { checkIn, container, deployment, placesIn } from '../testing/subjects.ts';
import { gracefulStop } from './graceful-stop.ts';

test.each(['stopSignal', 'stopTimeout', 'destroyGraceSeconds'])(
  'a container without %s is refused, one with it passes',
  (key) => {
    expect(placesIn(gracefulStop, container())).toEqual([]);
    expect(placesIn(gracefulStop, container({ [key]: undefined }))).toEqual([key]);
  },
);

test.each(['stopTimeout', 'destroyGraceSeconds'])('a %s of 0 is none', (key) => {
  expect(placesIn(gracefulStop, container({ [key]: 0 }))).toEqual([key]);
});

test('one that only brings files needs them too: it is removed by the same provider', () => {
  expect(
    placesIn(
      gracefulStop,
      container({ start: false, uploads: [{ file: '/x', content: 'x' }], stopSignal: undefined }),
    ),
  ).toEqual(['stopSignal']);
});

test('a pod says how long its end may take', () => {
  expect(placesIn(gracefulStop, deployment())).toEqual([]);
  expect(placesIn(gracefulStop, deployment({ pod: { terminationGracePeriodSeconds: 0 } }))).toEqual(
    ['spec.template.spec.terminationGracePeriodSeconds'],
  );
});

test.each(['SIGKILL', 'KILL', 'kill', '9'])(
  '%s is no signal to stop by, on docker and in a pod',
  (signal) => {
    expect(placesIn(gracefulStop, container({ stopSignal: signal }))).toEqual(['stopSignal']);
    expect(
      placesIn(gracefulStop, deployment({ container: { lifecycle: { stopSignal: signal } } })),
    ).toEqual(['spec.template.spec.containers[0] (app).lifecycle.stopSignal']);
  },
);

test('the grace at a removal is no shorter than that of docker stop', () => {
  expect(
    checkIn(gracefulStop, 'development', container({ stopTimeout: 60, destroyGraceSeconds: 10 })),
  ).toMatchObject([{ at: 'destroyGraceSeconds', got: '10, less than its stopTimeout of 60' }]);
  expect(placesIn(gracefulStop, container({ stopTimeout: 60, destroyGraceSeconds: 61 }))).toEqual(
    [],
  );
  expect(
    placesIn(gracefulStop, container({ stopTimeout: UNKNOWN, destroyGraceSeconds: UNKNOWN })),
  ).toEqual([]);
});
