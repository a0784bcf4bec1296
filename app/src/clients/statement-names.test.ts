import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createStatementNames } from './statement-names.ts';

const texts = fc.array(
  fc.constantFrom(...Array.from({ length: 30 }, (_, index) => `SELECT ${index}`)),
  { maxLength: 300 },
);

test('a text is named from its second use on, always alike', () => {
  const nameOf = createStatementNames(10);
  expect(nameOf({ sql: 'SELECT 1' })).toBe('');
  const name = nameOf({ sql: 'SELECT 1' });
  expect(name).toMatch(/^s_[\w-]{43}$/);
  expect(nameOf({ sql: 'SELECT 1' })).toBe(name);
  expect(name.length).toBeLessThanOrEqual(63);
});

test('another process gives the same text the same name', () => {
  const [one, other] = [createStatementNames(10), createStatementNames(10)].map((nameOf) => [
    nameOf({ sql: 'SELECT 1' }),
    nameOf({ sql: 'SELECT 1' }),
  ]);
  expect(one).toEqual(other);
});

test.each([
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  'SAVEPOINT s1',
  'DEALLOCATE ALL',
  'DISCARD ALL',
])('%s is never named', (sql) => {
  const nameOf = createStatementNames(10);
  expect([1, 2, 3].map(() => nameOf({ sql }))).toEqual(['', '', '']);
});

test('there are at most as many names as the cap, and none stands for two texts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), texts, (cap, queries) => {
      const nameOf = createStatementNames(cap);
      const textsOf = new Map<string, Set<string>>();
      for (const sql of queries) {
        const name = nameOf({ sql });
        if (name !== '') textsOf.set(name, (textsOf.get(name) ?? new Set()).add(sql));
      }
      expect(textsOf.size).toBeLessThanOrEqual(cap);
      for (const named of textsOf.values()) expect(named.size).toBe(1);
    }),
  );
});

test('texts that come once each never use up the names', () => {
  const nameOf = createStatementNames(1);
  for (let index = 0; index < 1_000; index += 1) nameOf({ sql: `SELECT ${index}` });
  nameOf({ sql: 'SELECT again' });
  expect(nameOf({ sql: 'SELECT again' })).not.toBe('');
});
