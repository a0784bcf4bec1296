import { expect, test } from '@jest/globals';
import { toPostgresCounts } from './postgres-reader.ts';

const row = {
  active: '3',
  idle: '5',
  idle_in_transaction: '2',
  total: '11',
  of_app: '4',
  lock_waits: '1',
  longest_transaction_ms: '1234.567',
  max_connections: '100',
  reserved_connections: '10',
  superuser_reserved_connections: '3',
};

test('counts come as text and leave as numbers, by state and by owner', () => {
  expect(toPostgresCounts(row)).toEqual({
    connections: {
      active: 3,
      idle: 5,
      idleInTransaction: 2,
      other: 1,
      total: 11,
      ofApp: 4,
      ofOthers: 7,
    },
    maxConnections: 100,
    reservedConnections: 10,
    superuserReservedConnections: 3,
    available: 87,
    longestTransactionMs: 1_235,
    lockWaits: 1,
  });
});

test('a server before Postgres 16 has no reserved connections', () => {
  expect(toPostgresCounts({ ...row, reserved_connections: null })).toMatchObject({
    reservedConnections: 0,
    available: 97,
  });
});

test('a transaction that began before the clock was set back is not younger than nothing', () => {
  expect(
    toPostgresCounts({ ...row, longest_transaction_ms: '-3600000.5' }).longestTransactionMs,
  ).toBe(0);
});
