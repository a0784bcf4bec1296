import { expect, test } from '@jest/globals';
import { readSubject, UNKNOWN } from './subject.ts';

const told = {
  type: 'docker:index/container:Container',
  name: 'app',
  urn: 'urn:pulumi:eu-prod::spywatcher::docker:index/container:Container::app',
  opts: { protect: true },
  props: {},
};

/** As the engine's own: reading an unknown value throws. */
const withUnknown = (
  values: object,
  key: string | number,
  why = "string value at .image can't be known during preview",
): object =>
  Object.defineProperty(values, key, {
    enumerable: true,
    get: () => {
      throw new Error(why);
    },
  });

test('a resource tells its stack, its name and whether it is protected', () => {
  expect(readSubject(told)).toMatchObject({
    type: told.type,
    name: 'app',
    stack: 'eu-prod',
    protect: true,
  });
});

test('an unknown value is marked, in a map as in a list, and the rest can be read', () => {
  const props = {
    envs: withUnknown(['A=1', ''], 1),
    deep: withUnknown({ known: [{ yes: true }] }, 'image'),
  };
  expect(readSubject({ ...told, props }).props).toEqual({
    envs: ['A=1', UNKNOWN],
    deep: { known: [{ yes: true }], image: UNKNOWN },
  });
});

test('any other failure is not taken for an unknown value', () => {
  expect(() =>
    readSubject({ ...told, props: withUnknown({}, 'image', 'broken') as Record<string, unknown> }),
  ).toThrow('broken');
});
