import { expect, test } from '@jest/globals';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from './check-settings.ts';
import type { Fault, PlanRefused } from './fault.ts';
import { REQUIRED } from '../testing/refusal.ts';

/** The refusals of one value, given to a text key of PgBouncer and to one of Postgres. */
function refusalsOf(value: unknown): readonly Fault[] {
  const raw = {
    ...REQUIRED,
    pooler: { settings: { server_check_query: value } },
    postgres: { settings: { search_path: value } },
  };
  try {
    planEnvironment(checkSettings(raw, 'dev'));
    return [];
  } catch (error) {
    return (error as PlanRefused).faults;
  }
}

test.each([0x00, 0x09, 0x0a, 0x7f, 0x85, 0x9b, 0x2028, 0x2029])(
  'PgBouncer and Postgres both refuse character %i, and show it escaped',
  (code) => {
    const character = String.fromCharCode(code);
    const remedy = 'Put the value on one line, without tabs or other control characters.';
    const faults = refusalsOf(`select${character}1`);
    expect(faults.map((fault) => fault.key)).toEqual([
      'pooler.settings.server_check_query',
      'postgres.settings.search_path',
    ]);
    for (const fault of faults) {
      expect(fault.remedy).toBe(remedy);
      expect(fault.got).toMatch(/^"select\\(?:u[0-9a-f]{4}|t|n)1"$/);
    }
  },
);

test('a long value is cut at the same length, whoever refuses it', () => {
  const shown = refusalsOf(`\n${'x'.repeat(200)}`).map(({ got }) => got);
  expect(shown).toEqual(Array.from({ length: 2 }, () => `"\\n${'x'.repeat(74)}...`));
});
