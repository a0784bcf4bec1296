import { expect, test } from '@jest/globals';
import { refusalOf } from '../testing/refusal.ts';

const app = { image: 'registry.example/notes:1', health: { path: '/' } };

test.each<[string, object, string]>([
  [
    'a command of our own app',
    { app: { command: ['node'] } },
    'app.command: Leave it out: how our own app is run is known. Or name the image in app.image.',
  ],
  [
    'an admin port of another app',
    { app: { ...app, adminPort: 4_000 } },
    'app.adminPort: Leave it out: only our own app reads it.',
  ],
  [
    'no health',
    { app: { image: app.image } },
    'app.health: Set app.health.path to a path that answers 200, or app.health.command to a ' +
      'program of the image that ends with 0.',
  ],
  [
    'two kinds of health',
    { app: { ...app, health: { path: '/', command: ['true'] } } },
    'app.health: Set a value in that range, or remove the key to get the default.',
  ],
  [
    'an image without a version beside protected data',
    { app: { ...app, image: 'registry.example/notes' } },
    'app.image: Name the version: what is deployed must be what was tested.',
  ],
  [
    'a sidecar',
    { app, target: 'kubernetes', pooler: { placement: 'sidecar' } },
    'pooler.placement: Leave it out: a sidecar is reached by its socket alone, which few ' +
      'programs can.',
  ],
  [
    'more clients than server connections, where each client keeps one',
    { app: { ...app, poolMax: 40 } },
    'app.poolMax: Lower app.poolMax to 30, or raise pooler.poolSize to 35. Or name app.driver, ' +
      'so that they share.',
  ],
  [
    'a driver that is not known',
    { app: { ...app, driver: 'django' } },
    'app.driver: Set a value in that range, or remove the key to get the default.',
  ],
  [
    'a variable that the stack hands to every image',
    { app: { ...app, env: { PORT: 1 } } },
    'app.env.PORT: Rename it, or leave it out: the plan decides its value.',
  ],
])('%s is refused', (_name, raw, refusal) => {
  expect(refusalOf({ ...raw })).toContain(refusal);
});

test('another app may have the names that only ours reads', () => {
  expect(refusalOf({ app: { ...app, env: { LOG_LEVEL: 'debug', ADMIN_PORT: 1 } } })).toEqual([]);
});

test('as many clients as server connections are not refused', () => {
  expect(refusalOf({ app: { ...app, poolMax: 30 } })).toEqual([]);
  expect(refusalOf({ app: { ...app, poolMax: 40, driver: 'pgx' } })).toEqual([]);
});
