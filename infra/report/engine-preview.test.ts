import { expect, test } from '@jest/globals';
import { describeDeployed } from '../changes/deployed-plan.ts';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from '../settings/check-settings.ts';
import { describePlan } from './plan-report.ts';
import { renderReportMarkdown } from './plan-report-markdown.ts';
import { renderReportText } from './plan-report-text.ts';

const planOf = (raw: Readonly<Record<string, unknown>>) =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev'));
const deployed = (raw: Readonly<Record<string, unknown>>) => describeDeployed(planOf(raw));

test('when the engine failed, the report has its words and no guess at the rest', () => {
  const report = describePlan(planOf({}), deployed({}), {
    changes: [
      {
        operation: 'replace',
        type: 'docker:index/container:Container',
        name: 'app',
        paths: [],
        isKept: false,
      },
    ],
    failures: ['app: no such image\nsecond line'],
  });
  expect(report.interruptions).toBeUndefined();
  expect(renderReportText(report)).toContain('! app: no such image\n! second line\n');
  expect(renderReportMarkdown(report)).toContain('```text\napp: no such image\nsecond line\n```');
});

test('a volume whose data is lost is named in the open', () => {
  const changes = (
    [
      ['postgres-data', false],
      ['redis-data', true],
      ['app-secrets', false],
    ] as const
  ).map(([name, isKept]) => ({
    operation: 'delete' as const,
    type: 'docker:index/volume:Volume',
    name,
    paths: [],
    isKept,
  }));
  const report = describePlan(planOf({}), deployed({}), { changes, failures: [] });
  expect(report.resources?.lostData).toEqual(['Volume postgres-data']);
  expect(renderReportText(report)).toContain(
    '! Volume postgres-data is deleted, and the data in it is lost.',
  );
  expect(renderReportMarkdown(report)).toContain(
    '**`Volume postgres-data` is deleted, and the data in it is lost.**',
  );
});

test('a volume that outlives its place in the stack is deleted to the engine, and stays', () => {
  const changes = [
    {
      operation: 'delete' as const,
      type: 'docker:index/volume:Volume',
      name: 'postgres-backup',
      paths: [],
      isKept: true,
    },
  ];
  const report = describePlan(planOf({}), deployed({}), { changes, failures: [] });
  expect(report.resources).toMatchObject({
    deleted: ['Volume postgres-backup'],
    lostData: [],
    keptData: ['Volume postgres-backup'],
  });
  expect(renderReportText(report)).toContain(
    '  Volume postgres-backup keeps its data: the stack only stops managing it.',
  );
  expect(renderReportMarkdown(report)).toContain(
    '`Volume postgres-backup` keeps its data: the stack only stops managing it.',
  );
});

test('data that is no longer protected is named, though the engine counts it as unchanged', () => {
  const changes = [
    {
      operation: 'same' as const,
      type: 'docker:index/volume:Volume',
      name: 'postgres-data',
      paths: [],
      isKept: true,
      losesProtection: true,
    },
  ];
  const report = describePlan(planOf({}), deployed({}), { changes, failures: [] });
  expect(renderReportText(report)).toContain(
    '! Volume postgres-data is no longer protected: from now on npm run down deletes\n  it.\n',
  );
  expect(renderReportMarkdown(report)).toContain(
    '**`Volume postgres-data` is no longer protected: from now on `npm run down` deletes it.**',
  );
});

test('what is created and what is updated is named, such as a network policy', () => {
  const changed = (operation: 'create' | 'update', name: string) => ({
    operation,
    type: 'kubernetes:networking.k8s.io/v1:NetworkPolicy',
    name,
    paths: [],
    isKept: false,
  });
  const report = describePlan(planOf({}), deployed({}), {
    changes: [changed('create', 'pgbouncer-network-in'), changed('update', 'app-network-out')],
    failures: [],
  });
  expect(renderReportText(report)).toContain(
    '+ 1 created: NetworkPolicy pgbouncer-network-in\n* 1 updated: NetworkPolicy app-network-out\n',
  );
  expect(renderReportMarkdown(report)).toContain(
    'Created: `NetworkPolicy pgbouncer-network-in`\n\nUpdated: `NetworkPolicy app-network-out`',
  );
});

test('what another version has deployed is not compared, and all three forms say so', () => {
  const report = describePlan(planOf({}), 'of another version', { changes: [], failures: [] });
  expect(report.changes).toBe('not comparable');
  expect(report.hops.some(({ state }) => state !== undefined)).toBe(false);
  expect(renderReportText(report)).toContain(
    'It was deployed by another version of this project: what changes is not known.',
  );
  expect(renderReportMarkdown(report)).toContain(
    'It was deployed by another version of this project: what changes in the generated files is ' +
      'not known.',
  );
});

test('words of the engine that are too long are cut inside their fence', () => {
  const report = describePlan(planOf({}), deployed({ pooler: { poolSize: 30 } }), {
    changes: [],
    failures: Array.from(
      { length: 2_000 },
      (_, index) => `app: no such image, said for the ${index}th time`,
    ),
  });
  const text = renderReportMarkdown(report);
  expect(text.length).toBeLessThanOrEqual(60_000);
  expect(text).toMatch(
    /^```text\napp: no such image, said for the 0th time\n[^`]*\n```\n\nThat is the beginning;/m,
  );
  expect(text).toContain('; the log of the run has the rest.\n\n```diff\n');
});
