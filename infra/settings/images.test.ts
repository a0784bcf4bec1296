import { expect, test } from '@jest/globals';
import { checkSettings } from './check-settings.ts';
import { REQUIRED, refusalOf } from '../testing/refusal.ts';

test.each([
  'registry.example:5000/team/app:1.4.0',
  'localhost:5000/app:PR-17_RC.1',
  'app:v1',
  `registry.example/app@sha256:${'0a'.repeat(32)}`,
  `registry.example/app:1.4.0@sha256:${'0a'.repeat(32)}`,
])('%s is an image of a version', (app) => {
  expect(refusalOf({ images: { app } })).toEqual([]);
});

test.each([
  'registry.example/Team/app:1',
  'App:1',
  'app:',
  'app:1:2',
  'app:5000/',
  'app:-1',
  'app:1@sha256:0a',
  'app:1 --pull',
  `app:${'1'.repeat(129)}`,
])('%s is no image reference', (app) => {
  expect(checkSettings({ ...REQUIRED, images: { app } }, 'dev').faults).toMatchObject([
    { key: 'images.app' },
  ]);
});
