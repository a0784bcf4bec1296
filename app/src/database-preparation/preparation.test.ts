import { expect, test } from '@jest/globals';
import { readPreparation, type Preparation } from './preparation.ts';

const verifier = 'SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5';
const usable: Preparation = {
  server: { host: '/run/postgresql', port: 5432 },
  database: 'spywatcher',
  superuser: { name: 'postgres', passwords: ['now', 'before'], verifier },
  owner: { name: 'spywatcher_owner', password: 'pw', verifier },
  app: { name: 'spywatcher', verifier, settings: { statement_timeout: '8000ms' } },
  earlierApps: [],
  monitor: { name: 'spywatcher_monitor', verifier, settings: {} },
  backup: { name: 'spywatcher_backup', verifier },
  pooler: null,
  waitSeconds: 60,
};

test('what the stack writes is read as it is', () => {
  expect(readPreparation(JSON.stringify(usable))).toEqual(usable);
});

test('an external server has TLS, limits, any admin name and no verifier', () => {
  const external: Preparation = {
    ...usable,
    server: { host: 'db.example', port: 25_060, tls: { authorities: 'PEM' } },
    superuser: { name: 'Admin-1', passwords: ['theirs'] },
    counted: { maxConnections: 100, reservedConnections: 10, superuserReservedConnections: 3 },
    environment: 'prod',
  };
  expect(readPreparation(JSON.stringify(external))).toEqual(external);
});

test('every wrong field is named, and no value is', () => {
  const faulty = {
    ...usable,
    database: 'canary-1; DROP',
    owner: { ...usable.owner, verifier: 'canary-2' },
    more: 'canary-3',
  };
  const read = () => readPreparation(JSON.stringify(faulty));
  expect(read).toThrow(/database: got .*owner\.verifier: got .*\(whole file\): got /s);
  expect(read).not.toThrow(/canary/);
  expect(() => readPreparation('canary {')).toThrow(/^(?!.*canary).*\(whole file\)/s);
});
