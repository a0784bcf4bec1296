import { expect, test } from '@jest/globals';
import { fullReference } from './container-runtime.ts';

test.each([
  ['debian:trixie-slim', 'docker.io/library/debian:trixie-slim'],
  ['spywatcher/app:0123', 'docker.io/spywatcher/app:0123'],
  ['docker.io/spywatcher/app:0123', 'docker.io/spywatcher/app:0123'],
  ['localhost/app:1', 'localhost/app:1'],
  ['registry:5000/app:1', 'registry:5000/app:1'],
  ['registry.example/team/app@sha256:00', 'registry.example/team/app@sha256:00'],
])('%s is stored as %s', (reference, full) => {
  expect(fullReference(reference)).toBe(full);
});
