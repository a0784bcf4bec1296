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

test('every wrong field is named, and no value is', () => {
  const faulty = { ...usable, database: 'canary-1; DROP', owner: { ...usable.owner, verifier: 'canary-2' }, more: 'canary-3' };
  const read = () => readPreparation(JSON.stringify(faulty));
  expect(read).toThrow(/database: got .*owner\.verifier: got .*\(whole file\): got /s);
  expect(read).not.toThrow(/canary/);
  expect(() => readPreparation('canary {')).toThrow(/^(?!.*canary).*\(whole file\)/s);
});
