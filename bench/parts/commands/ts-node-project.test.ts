import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '../../../toolchain/places.mjs';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (path: string): Manifest =>
  JSON.parse(readFileSync(join(checkout, path), 'utf8')) as Manifest;

test('the program runs on the same packages through ts-node, but for the compiler', () => {
  const own = read('package.json');
  const {
    typescript,
    'ts-node': tsNode,
    ...shared
  } = read('bench/parts/commands/ts-node/package.json').dependencies;
  expect({ ...own.devDependencies, ...own.dependencies }).toMatchObject(shared);
  // ts-node has no release for a later compiler.
  expect([typescript?.split('.')[0], tsNode?.split('.')[0]]).toEqual(['5', '10']);
});
