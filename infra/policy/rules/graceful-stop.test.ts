import { expect, test } from '@jest/globals';
import { container, deployment, placesIn } from '../testing/subjects.ts';
import { gracefulStop } from './graceful-stop.ts';

test.each(['stopSignal', 'stopTimeout', 'destroyGraceSeconds'])('a container without %s is refused, one with it passes', (key) => {
  expect(placesIn(gracefulStop, container())).toEqual([]);
  expect(placesIn(gracefulStop, container({ [key]: undefined }))).toEqual([key]);
});

test.each(['stopTimeout', 'destroyGraceSeconds'])('a %s of 0 is none', (key) => {
  expect(placesIn(gracefulStop, container({ [key]: 0 }))).toEqual([key]);
});

test('one that only brings files needs them too: it is removed by the same provider', () => {
  expect(placesIn(gracefulStop, container({ start: false, uploads: [{ file: '/x', content: 'x' }], stopSignal: undefined }))).toEqual(['stopSignal']);
});

test('a pod says how long its end may take', () => {
  expect(placesIn(gracefulStop, deployment())).toEqual([]);
  expect(placesIn(gracefulStop, deployment({ pod: { terminationGracePeriodSeconds: 0 } }))).toEqual(['spec.template.spec.terminationGracePeriodSeconds']);
});
