import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { goldenText } from '../../pgbouncer/testing/golden.ts';
import { type ChangeExample, changeExamples } from './testing/change-examples.ts';
import { PlanRefused, renderFaults } from '../settings/fault.ts';
import { planEnvironment } from '../plan/plan.ts';
import { describeDeployed } from '../changes/deployed-plan.ts';
import { describePlan, type PlanReport, renderReportJson } from './plan-report.ts';
import { renderReportMarkdown } from './plan-report-markdown.ts';
import { renderReportText } from './plan-report-text.ts';
import { type RefusalReport, renderRefusalMarkdown } from './refusal-report.ts';
import { checkSettings } from '../settings/check-settings.ts';

const golden = (name: string, text: string): string =>
  goldenText(join(import.meta.dirname, 'golden', 'changes', name), text);
const examples = Object.entries(changeExamples);

function reportOf({
  environment,
  before,
  after,
  engine,
}: ChangeExample): PlanReport | RefusalReport {
  const planOf = (raw: Readonly<Record<string, unknown>>) =>
    planEnvironment(checkSettings(raw, environment));
  try {
    return describePlan(
      planOf(after),
      before === 'nothing' ? 'nothing' : describeDeployed(planOf(before)),
      { changes: engine, failures: [] },
    );
  } catch (error) {
    if (error instanceof PlanRefused) return { environment, refused: error.faults };
    throw error;
  }
}

const textOf = (report: PlanReport | RefusalReport): string =>
  'refused' in report ? `${renderFaults(report.refused)}\n` : renderReportText(report);
const markdownOf = (report: PlanReport | RefusalReport): string =>
  'refused' in report ? renderRefusalMarkdown(report) : renderReportMarkdown(report);

test.each(examples)(
  'the report of the change %s is the golden one in its three forms',
  (name, example) => {
    const report = reportOf(example);
    for (const [ending, text] of [
      ['txt', textOf(report)],
      ['json', renderReportJson(report)],
      ['md', markdownOf(report)],
    ] as const)
      expect(text).toBe(golden(`${name}.${ending}`, text));
  },
);

test.each(examples.filter(([name]) => name !== 'max-replicas-over-budget'))(
  'the text of the change %s fits a terminal of 80 columns',
  (_name, example) => {
    expect(
      textOf(reportOf(example))
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  },
);

test('only what is over the budget is refused', () => {
  expect(
    examples.filter(([, example]) => 'refused' in reportOf(example)).map(([name]) => name),
  ).toEqual(['max-replicas-over-budget']);
});
