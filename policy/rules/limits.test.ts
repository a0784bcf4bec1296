import { expect, test } from '@jest/globals';
import { container, deployment, placesIn } from '../testing/subjects.ts';
import { limits } from './limits.ts';

const at = (resource: string): string =>
  `spec.template.spec.containers[0] (app).resources.limits.${resource}`;

test.each([undefined, 0])(
  'a container with a memory of %p is refused, with an amount it passes',
  (memory) => {
    expect(placesIn(limits, container())).toEqual([]);
    expect(placesIn(limits, container({ memory }))).toEqual(['memory']);
  },
);

test('a container of a pod needs a limit of memory and one of CPU', () => {
  expect(placesIn(limits, deployment())).toEqual([]);
  expect(
    placesIn(
      limits,
      deployment({ container: { resources: { limits: { memory: '1Gi', cpu: 2 } } } }),
    ),
  ).toEqual([]);
  expect(
    placesIn(
      limits,
      deployment({ container: { resources: { requests: { memory: '1Gi', cpu: 2 } } } }),
    ),
  ).toEqual([at('memory'), at('cpu')]);
  expect(
    placesIn(
      limits,
      deployment({ container: { resources: { limits: { memory: '0', cpu: '0m' } } } }),
    ),
  ).toEqual([at('memory'), at('cpu')]);
});

test.each(['0.5', '.5', '500m', '1e3', '0.25Gi'])('%s is an amount', (amount) => {
  expect(
    placesIn(
      limits,
      deployment({ container: { resources: { limits: { memory: amount, cpu: amount } } } }),
    ),
  ).toEqual([]);
});

test('a limit of the pod is one for all of its containers', () => {
  const resources = (more: object) =>
    deployment({
      container: { resources: {} },
      pod: { resources: { limits: { memory: '1Gi', ...more } } },
    });
  expect(placesIn(limits, resources({ cpu: '1' }))).toEqual([]);
  expect(placesIn(limits, resources({}))).toEqual([at('cpu')]);
});
