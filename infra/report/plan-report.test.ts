import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { goldenText } from '../../pgbouncer/testing/golden.ts';
import type { PlannedChange } from '../changes/plan-changes.ts';
import { describeDeployed } from '../changes/deployed-plan.ts';
import { planEnvironment } from '../plan/plan.ts';
import { describePlan } from './plan-report.ts';
import { renderReportMarkdown } from './plan-report-markdown.ts';
import { renderReportText } from './plan-report-text.ts';
import { checkSettings } from '../settings/check-settings.ts';

const planOf = (raw: Readonly<Record<string, unknown>>, environment = 'dev') =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, environment));
const deployed = (raw: Readonly<Record<string, unknown>>) => describeDeployed(planOf(raw));
const golden = (name: string, text: string): string =>
  goldenText(join(import.meta.dirname, 'golden', name), text);

const dev = describePlan(planOf({}), 'nothing');
const prod = describePlan(
  planOf(
    {
      target: 'kubernetes',
      app: { replicas: 2, maxReplicas: 4 },
      pooler: { poolSize: 5, minPoolSize: 2, reservePoolSize: 3 },
    },
    'prod',
  ),
);
const external = {
  postgres: { external: { host: 'db-1.example.net', port: 25_060, database: 'presence' } },
};
const elsewhere = describePlan(planOf(external), deployed({}));
const changed = describePlan(
  planOf({ pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } } }),
  deployed({}),
);

test.each([
  ['dev.txt', renderReportText(dev)],
  ['dev.md', renderReportMarkdown(dev)],
  ['prod.txt', renderReportText(prod)],
  ['external.txt', renderReportText(elsewhere)],
  ['changed.txt', renderReportText(changed)],
  ['changed.md', renderReportMarkdown(changed)],
])('the report %s is the golden one', (name, text) => {
  expect(text).toBe(golden(name, text));
});

test('the text fits a terminal of 80 columns, but for the generated files', () => {
  const [report = ''] = renderReportText(changed).split('--- pgbouncer.ini ---');
  expect(report.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('a changed drain shows in every grace that is made of it, before and after', () => {
  const { graces } = describePlan(planOf({ app: { drainSeconds: 25 } }), deployed({}));
  expect(graces.map(({ name, beforeMs, ms }) => [name, beforeMs, ms])).toEqual([
    ['app', 25_000, 30_000],
    ['PgBouncer', 37_000, 42_000],
    ['Postgres', 120_000, 120_000],
    ['Redis', 30_000, 30_000],
  ]);
});

test('leaving a Postgres cuts connections to it, not clients of PgBouncer', () => {
  expect(renderReportText(elsewhere)).toMatch(
    /^\+Postgres: external +# restart, about 36 connections$/m,
  );
});

test('the same plan again changes nothing', () => {
  expect(describePlan(planOf({}), deployed({})).changes).toEqual([]);
});

test.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
  ['more memory for Postgres', {}, { postgres: { memoryMiB: 4_096 } }],
  ['backups', { backup: { enabled: false } }, {}],
  [
    'a long key with a long value',
    {},
    {
      pooler: {
        settings: {
          track_extra_parameters:
            'IntervalStyle, client_encoding, default_text_search_config, search_path',
        },
      },
    },
  ],
  [
    'a server with a long address',
    {},
    {
      postgres: {
        external: { host: 'presence-production.cluster-c1a2b3c4d5e6.eu-central-1.rds.example.net' },
      },
    },
  ],
])(
  '%s: the text fits 80 columns, and what each change does stands in it',
  (_name, before, after) => {
    const report = describePlan(planOf(after), deployed(before));
    const lines = renderReportText(report).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const told = lines.filter((line) =>
      /[;#] (reload|restart, about \d+ (client|connection)s?)$/.test(line),
    );
    expect(told).toHaveLength(
      listed(report).flatMap(({ before: was, after: becomes }) =>
        [was, becomes].filter((value) => value !== undefined),
      ).length,
    );
  },
);

const listed = ({ changes }: ReturnType<typeof describePlan>) =>
  Array.isArray(changes) ? (changes as readonly PlannedChange[]) : [];
