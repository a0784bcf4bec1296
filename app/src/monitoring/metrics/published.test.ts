import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Request, Response } from 'express';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { idle } from '../testing/observations.ts';
import { createMetrics } from './prometheus.ts';
import { parseExposition } from './testing/exposition.ts';
import { monitoringOf } from './testing/observation-of.ts';
import { namesIn } from './testing/promql-names.ts';

const folder = join(import.meta.dirname, '../../../../docs/monitoring');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { groups } = parse(read('alert-rules.yaml')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const dashboard = JSON.parse(read('grafana-dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly query: string | { readonly query: string } }[];
  };
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

/**
 * Each metric of the real output with all values of its labels; what Prometheus and the recording
 * rules add is among them.
 */
const known = new Map<string, Map<string, Set<string>>>();

beforeAll(async () => {
  const metrics = createMetrics({ version: '1.2.3', environment: 'test' });
  metrics.observeAcquire(0.001);
  for (const statusCode of [200, 503]) {
    const response = Object.assign(new EventEmitter(), {
      statusCode,
      writableFinished: true,
      getHeader: () => undefined,
    });
    metrics.observeHttp(
      { method: 'GET', path: '/readyz', route: { path: '/readyz' } } as unknown as Request,
      response as unknown as Response,
      () => undefined,
    );
    response.emit('close');
  }
  for (const series of parseExposition((await metrics.render(monitoringOf(idle))).text).keys()) {
    const [, name = '', labels = ''] = /^([^{]*)(.*)$/.exec(series) ?? [];
    note(
      name,
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(
        ([, label = '', value = '']) => [label, value] as const,
      ),
    );
  }
  for (const { record, labels } of rules)
    if (record !== undefined) note(record, Object.entries(labels));
  note('up', []);
});

function note(metric: string, labels: readonly (readonly [string, string])[]): void {
  const values = known.get(metric) ?? new Map<string, Set<string>>();
  known.set(metric, values);
  for (const [label, value] of labels)
    values.set(label, (values.get(label) ?? new Set()).add(value));
}

/** Labels of the target, which Prometheus adds. */
const OF_THE_TARGET = ['job', 'instance'];

/** What in this expression the app does not have, as text; empty when all is there. */
function missingIn(expression: string): string[] {
  const { selectors, groupedBy } = namesIn(expression);
  const labelsOf = (metric: string) => known.get(metric) ?? new Map<string, Set<string>>();
  const faults = selectors.flatMap(({ metric, matchers }) => [
    ...(known.has(metric) ? [] : [`no metric ${metric}`]),
    ...matchers
      .filter(({ label, value }) => !OF_THE_TARGET.includes(label) && !value.includes('%s'))
      .filter(
        ({ label, operator, value }) =>
          ![...(labelsOf(metric).get(label) ?? [])].some((one) =>
            operator.includes('~') ? new RegExp(`^(?:${value})$`).test(one) : one === value,
          ),
      )
      .map(({ label, operator, value }) => `${metric} has no ${label}${operator}"${value}"`),
  ]);
  const grouped = groupedBy.filter(
    (label) =>
      !OF_THE_TARGET.includes(label) &&
      !selectors.some(({ metric }) => labelsOf(metric).has(label)),
  );
  return [...faults, ...grouped.map((label) => `nothing has the label ${label}`)];
}

describe('the check itself', () => {
  test.each([
    ['spywatcher_app_waitin > 0', ['no metric spywatcher_app_waitin']],
    [
      'sum by (colour) (rate(spywatcher_pgbouncer_queries_total{job="$job"}[5m]))',
      ['nothing has the label colour'],
    ],
    [
      'spywatcher_layer_up{layer!="redis"} and on (instance) spywatcher_verdict{state="fine"} == 1',
      ['spywatcher_verdict has no state="fine"'],
    ],
    [
      'histogram_quantile(0.95, sum by (le, route) ' +
        '(rate(spywatcher_http_request_duration_seconds_bucket{status=~"2..|5.."}' +
        '[$__rate_interval])))',
      [],
    ],
    ['spywatcher_app_waiting{state="x"}', ['spywatcher_app_waiting has no state="x"']],
  ])('%s', (expression, missing) => {
    expect(missingIn(expression)).toEqual(missing);
  });
});

test.each(
  rules.map((rule) => [rule.alert ?? `${rule.record}, ${rule.labels['hop']}`, rule] as const),
)(
  'rule %s asks only for metrics, labels and values that the app has',
  (_name, { expr, annotations = {} }) => {
    expect(namesIn(expr).selectors.length).toBeGreaterThan(0);
    expect(missingIn(expr)).toEqual([]);
    const queries = Object.values(annotations).flatMap((text) =>
      [...text.matchAll(/printf "([^"]*)"/g)].map(([, query = '']) => query),
    );
    expect(queries.flatMap(missingIn)).toEqual([]);
  },
);

test.each(alerts.map((rule) => [rule.alert, rule] as const))(
  'alert %s waits before it is raised and says how bad it is, what it is and what to do',
  (_name, { for: wait, labels, annotations = {} }) => {
    expect(wait).toMatch(/^\d+[sm]$/);
    expect(['warning', 'critical']).toContain(labels['severity']);
    expect(annotations['summary']).toMatch(/\w.*\.$/);
    expect(annotations['remedy']).toMatch(/\w.*\.$/);
  },
);

test('rules compare each segment with a limit and a threshold that are metrics', () => {
  const recorded = rules.filter(({ record }) => record !== undefined);
  expect(recorded.map(({ labels }) => labels['setting'])).toEqual([
    'app.poolMax',
    'pooler.maxClientConn',
    'pooler.poolSize',
    'postgres.maxConnections',
  ]);
  for (const { expr } of recorded) {
    expect(expr).toMatch(/ \/ on \(job, instance\) spywatcher_\w+_(max|pool_size|available)$/);
    expect(
      panels
        .flatMap(({ targets = [] }) => targets)
        .some(
          (target) =>
            target.expr
              .replaceAll('job="$job",instance=~"$instance"', '')
              .replaceAll('{}', '')
              .replaceAll('{,', '{') === `max(${expr})`,
        ),
    ).toBe(true);
  }
  const compared = alerts.filter(({ expr }) =>
    expr.startsWith('instance_hop:spywatcher_connections:ratio'),
  );
  expect(
    compared.map(({ expr, labels }) => [
      labels['severity'],
      /spywatcher_threshold_ratio\{severity="(\w+)"\}$/.exec(expr)?.[1],
    ]),
  ).toEqual([
    ['warning', 'warning'],
    ['critical', 'critical'],
  ]);
});

test('each panel asks only for metrics, labels and values that the app has', () => {
  const expressions = [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.annotations.list.map(({ expr }) => expr),
  ];
  expect(expressions.length).toBeGreaterThan(50);
  expect(expressions.flatMap(missingIn)).toEqual([]);
  for (const { selectors } of expressions.map(namesIn)) {
    for (const { metric, matchers } of selectors)
      expect([metric, ...matchers.map(({ label, value }) => `${label} ${value}`)]).toEqual(
        expect.arrayContaining(['job $job', 'instance $instance']),
      );
  }
  const variables = dashboard.templating.list.flatMap(({ query }) =>
    typeof query === 'string' ? [] : [/^label_values\((.*), \w+\)$/.exec(query.query)?.[1] ?? ''],
  );
  expect(variables).toHaveLength(2);
  expect(variables.flatMap(missingIn)).toEqual([]);
});

test('panels have a title and series with names, and do not lie on one another', () => {
  const taken = new Set<string>();
  for (const { title, targets = [], gridPos } of panels) {
    expect(title).not.toBe('');
    expect(targets.length).toBeGreaterThan(0);
    for (const { legendFormat } of targets) expect(legendFormat).not.toBe('');
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect([title, taken.has(`${x} ${y}`)]).toEqual([title, false]);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

test('the page describes every metric of ours, and every alert with its severity', () => {
  const page = read('README.md');
  for (const { alert, labels } of alerts)
    expect(page).toContain(`\n- \`${alert}\`, ${labels['severity']}, for `);
  const ours = [...known.keys()]
    .filter((name) => name.startsWith('spywatcher_'))
    .map((name) => name.replace(/_(bucket|count|sum)$/, ''));
  for (const name of ours) expect(page).toContain(`\`${name}\``);
});
