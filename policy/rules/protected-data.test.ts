import { expect, test } from '@jest/globals';
import { kubernetesObject, placesIn, subjectOf } from '../testing/subjects.ts';
import { protectedData } from './protected-data.ts';

const volume = (name: string, protect: boolean) =>
  subjectOf('docker:index/volume:Volume', { name }, { protect });
const claim = (name: string, protect: boolean) =>
  subjectOf('kubernetes:core/v1:PersistentVolumeClaim', { metadata: { name } }, { protect });

test.each([
  ['volume', volume],
  ['claim', claim],
])('in production a %s of data must be protected, elsewhere it need not be', (_kind, make) => {
  expect(placesIn(protectedData, make('x-postgres-data', false), 'production')).toEqual([
    'protect',
  ]);
  expect(placesIn(protectedData, make('x-postgres-data', true), 'production')).toEqual([]);
  expect(placesIn(protectedData, make('x-postgres-data', false), 'development')).toEqual([]);
});

test('a volume that holds no data need not be', () => {
  expect(placesIn(protectedData, volume('x-postgres-socket', false), 'production')).toEqual([]);
  expect(placesIn(protectedData, volume('database-config', false), 'production')).toEqual([]);
});

test('the name in the program counts where the target gives the volume one', () => {
  expect(
    placesIn(
      protectedData,
      subjectOf('docker:index/volume:Volume', {}, { name: 'redis-data' }),
      'production',
    ),
  ).toEqual(['protect']);
});

test('a claim that a StatefulSet makes cannot be protected', () => {
  const templates = {
    volumeClaimTemplates: [{ metadata: { name: 'scratch' } }, { metadata: { name: 'data' } }],
  };
  expect(
    placesIn(protectedData, kubernetesObject('apps/v1:StatefulSet', templates), 'production'),
  ).toEqual(['spec.volumeClaimTemplates[1]']);
});

test.each(['postgresData', 'PostgresData-1a2b3c4', 'pgdata', 'POSTGRES_DATA'])(
  '%s is the name of a volume of data',
  (name) => {
    expect(placesIn(protectedData, volume(name, false), 'production')).toEqual(['protect']);
  },
);

test.each(['metadata', 'databaseConfig', 'dataset-cache'])('%s is not', (name) => {
  expect(placesIn(protectedData, volume(name, false), 'production')).toEqual([]);
});
