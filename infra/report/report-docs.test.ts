import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { planEnvironment } from '../plan/plan.ts';
import type { PlannedChange } from '../changes/plan-changes.ts';
import { describeDeployed } from '../changes/deployed-plan.ts';
import { describePlan, type PlanReport } from './plan-report.ts';
import { checkSettings } from '../settings/check-settings.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'preview.md'), 'utf8');
const [, section = ''] = /^## The report as data$([\s\S]*?)^## /m.exec(page) ?? [];
const codeIn = (text: string): string[] =>
  [...text.matchAll(/`([A-Za-z]+)`/g)].flatMap(([, word]) => word ?? []);
/** The entries of the list: the keys before the first colon, and every word in backticks. */
const rows = section
  .replaceAll(/\n +/g, ' ')
  .split('\n')
  .filter((line) => line.startsWith('- `'))
  .map((line) => ({ keys: codeIn(line.split(':')[0] ?? ''), said: codeIn(line) }));

const plan = planEnvironment(
  checkSettings({ target: 'docker', credentialsVersion: 2, app: { port: 3_005 } }, 'dev'),
);
const before = describeDeployed(
  planEnvironment(
    checkSettings({ target: 'docker', credentialsVersion: 1, pooler: { poolSize: 30 } }, 'dev'),
  ),
);
const engine = {
  changes: [
    {
      operation: 'replace' as const,
      type: 'docker:index/container:Container',
      name: 'app',
      paths: [],
      isKept: false,
    },
  ],
  failures: [],
};
const reports: readonly PlanReport[] = [
  describePlan(plan, before, engine),
  describePlan(plan, before, { changes: [], failures: ['no such image'] }),
];

test('the page names every key of the report as data, and no other', () => {
  expect(rows.flatMap(({ keys }) => keys).sort()).toEqual(
    [...new Set(reports.flatMap((report) => Object.keys(report)))].sort(),
  );
});

test('of each list it names every key of an entry', () => {
  const [report] = reports;
  for (const [key, entry] of Object.entries({
    hops: report?.hops[0],
    graces: report?.graces[0],
    changes: report?.changes?.[0],
    resources: report?.resources,
    interruptions: report?.interruptions?.[0],
  })) {
    const { said = [] } = rows.find(({ keys }) => keys.includes(key)) ?? {};
    expect({
      key,
      missing: Object.keys(entry ?? {}).filter((name) => !said.includes(name)),
    }).toEqual({ key, missing: [] });
    expect(Object.keys(entry ?? {}).length).toBeGreaterThan(0);
  }
});

test('it names every effect of a change', () => {
  const effects = [
    'reload',
    'roll',
    'restart',
    'move',
    'rotate',
    'revoke',
  ] satisfies PlannedChange['effect'][];
  expect(effects.filter((effect) => !codeIn(section).includes(effect))).toEqual([]);
});
