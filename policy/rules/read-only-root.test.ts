import { expect, test } from '@jest/globals';
import { container, deployment, placesIn, podContainer } from '../testing/subjects.ts';
import { readOnlyRoot } from './read-only-root.ts';

test.each([undefined, false])(
  'a container with readOnly %p is refused, with true it passes',
  (readOnly) => {
    expect(placesIn(readOnlyRoot, container())).toEqual([]);
    expect(placesIn(readOnlyRoot, container({ readOnly }))).toEqual(['readOnly']);
  },
);

test('the engine could bring no files into a read-only one', () => {
  expect(
    placesIn(
      readOnlyRoot,
      container({ readOnly: undefined, start: false, uploads: [{ file: '/x', content: 'x' }] }),
    ),
  ).toEqual([]);
});

test('each container of a pod says it', () => {
  expect(placesIn(readOnlyRoot, deployment())).toEqual([]);
  expect(
    placesIn(
      readOnlyRoot,
      deployment({
        pod: { containers: [podContainer(), podContainer({ name: 'other', securityContext: {} })] },
      }),
    ),
  ).toEqual(['spec.template.spec.containers[1] (other).securityContext.readOnlyRootFilesystem']);
});
