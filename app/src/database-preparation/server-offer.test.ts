import { expect, test } from '@jest/globals';
import { findTrouble } from './server-offer.ts';

const counted = { maxConnections: 100, reservedConnections: 10, superuserReservedConnections: 3 };
const offer = { ...counted, versionNumber: 170_004 };

test('a server that offers what the plan counts on, or more, is accepted', () => {
  expect(findTrouble(offer, counted)).toBeUndefined();
  expect(
    findTrouble({ ...offer, maxConnections: 90, reservedConnections: 0 }, counted),
  ).toBeUndefined();
  expect(
    findTrouble({ ...offer, maxConnections: 5_000, reservedConnections: 200 }, counted),
  ).toBeUndefined();
});

test('one connection less is refused with both sums, and either way out fits', () => {
  const trouble = findTrouble({ ...offer, maxConnections: 99 }, counted);
  expect(trouble).toBe(
    'offers 86 connections (max_connections 99 - 13 reserved), but the plan counts on 87 ' +
      '(postgres.maxConnections 100 - 13 reserved). ' +
      'Raise max_connections on the server to 100, or set postgres.maxConnections to 99: the ' +
      'plan then says what fits.',
  );
  expect(
    findTrouble({ ...offer, maxConnections: 99 }, { ...counted, maxConnections: 99 }),
  ).toBeUndefined();
});

test('a larger reserve on the server takes away what it offers, and is part of the way out', () => {
  const reserving = { ...offer, reservedConnections: 20, superuserReservedConnections: 5 };
  expect(findTrouble(reserving, counted)).toContain(
    'Raise max_connections on the server to 112, or set postgres.maxConnections to 100 and ' +
      'postgres.reservedConnections to 22: the plan',
  );
  expect(findTrouble({ ...reserving, maxConnections: 112 }, counted)).toBeUndefined();
  expect(findTrouble(reserving, { ...counted, reservedConnections: 22 })).toBeUndefined();
});

test('a server of a version without releases is refused', () => {
  expect(findTrouble({ ...offer, versionNumber: 140_023 }, counted)).toBe(
    'is version 14, but at least 15 is needed. Upgrade it.',
  );
  expect(findTrouble({ ...offer, versionNumber: 150_000 }, counted)).toBeUndefined();
});
