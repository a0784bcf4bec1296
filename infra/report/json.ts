import type { PlanReport } from './plan-report.ts';
import type { RefusalReport } from './refusal-report.ts';

/** The report, or the refusal, as data. */
export const renderReportJson = (report: PlanReport | RefusalReport): string =>
  `${JSON.stringify(report, null, 2)}\n`;
