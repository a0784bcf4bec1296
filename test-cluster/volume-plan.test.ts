import { expect, test } from '@jest/globals';
import { NODE_NAME } from './addresses.ts';
import {
  type Claim,
  planVolumes,
  PROVISIONER,
  readBytes,
  STORAGE_CLASS,
  type Volume,
} from './volume-plan.ts';

const claim = (
  uid: string,
  {
    spec = {},
    metadata = {},
  }: { spec?: Partial<Claim['spec']>; metadata?: Partial<Claim['metadata']> } = {},
): Claim => ({
  metadata: {
    name: 'data',
    namespace: 'shop',
    uid,
    annotations: { 'volume.kubernetes.io/selected-node': NODE_NAME },
    ...metadata,
  },
  spec: {
    storageClassName: STORAGE_CLASS,
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    ...spec,
  },
});

const volume = (
  name: string,
  phase: string,
  { policy = 'Delete', provisioner = PROVISIONER } = {},
): Volume => ({
  metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
  spec: { persistentVolumeReclaimPolicy: policy },
  status: { phase },
});

test('a claim that a pod waits for gets a volume, once', () => {
  const waiting = claim('1');
  expect(planVolumes({ claims: [waiting], volumes: [], stored: [] })).toEqual({
    create: [waiting],
    remove: [],
  });
  expect(
    planVolumes({ claims: [waiting], volumes: [volume('pvc-1', 'Available')], stored: ['pvc-1'] }),
  ).toEqual({ create: [], remove: [] });
});

test.each([
  ['no pod waits for', claim('1', { metadata: { annotations: {} } })],
  ['has a volume', claim('1', { spec: { volumeName: 'another' } })],
  ['is of another class', claim('1', { spec: { storageClassName: 'fast' } })],
  ['is being deleted', claim('1', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })],
])('a claim that %s gets none', (_, given) => {
  expect(planVolumes({ claims: [given], volumes: [], stored: [] }).create).toEqual([]);
});

test('a released volume goes; one that is bound, retained or of another provisioner stays', () => {
  const volumes = [
    volume('pvc-1', 'Released'),
    volume('pvc-2', 'Bound'),
    volume('pvc-3', 'Released', { policy: 'Retain' }),
    volume('pvc-4', 'Released', { policy: 'Delete', provisioner: 'another' }),
  ];
  expect(planVolumes({ claims: [], volumes, stored: ['pvc-1', 'pvc-2', 'pvc-3'] }).remove).toEqual([
    'pvc-1',
  ]);
});

test('data without a volume goes, unless its volume is about to be made', () => {
  expect(
    planVolumes({ claims: [claim('1')], volumes: [], stored: ['pvc-1', 'pvc-2'] }),
  ).toMatchObject({ create: [{ metadata: { uid: '1' } }], remove: ['pvc-2'] });
});

test.each([
  ['1073741824', 1_073_741_824],
  ['20Gi', 21_474_836_480],
  ['1500M', 1_500_000_000],
  ['0.5Ki', 512],
])('%s are %i bytes', (quantity, bytes) => {
  expect(readBytes(quantity)).toBe(bytes);
});

test('a size that cannot be read is named with the units that are allowed', () => {
  expect(() => readBytes('20GB')).toThrow(
    'A claim asks for "20GB"; a size is a number with one of k, M, G, T, Ki, Mi, Gi, Ti.',
  );
});
