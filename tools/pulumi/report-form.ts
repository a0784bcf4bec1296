import { PlanRefused } from '../../infra/settings/fault.ts';
import { type PlanReport, renderReportJson } from '../../infra/report/plan-report.ts';
import { renderReportMarkdown } from '../../infra/report/plan-report-markdown.ts';
import { renderReportText } from '../../infra/report/plan-report-text.ts';
import { renderRefusalMarkdown } from '../../infra/report/refusal-report.ts';
import { paintReport, wantsColours } from '../../infra/report/paint.ts';
import { CallError } from '../call.ts';

type ReportForm = 'text' | 'json' | 'markdown';

/** Lines of a `--help`. */
export const FORM_HELP = [
  '  --json      the same as data',
  '  --markdown  the same for a comment on a pull request',
];

/** @throws {CallError} when both are given. */
export function readReportForm(flags: ReadonlySet<string>): ReportForm {
  if (flags.has('json') && flags.has('markdown'))
    throw new CallError('Choose one of --json and --markdown.');
  if (flags.has('json')) return 'json';
  return flags.has('markdown') ? 'markdown' : 'text';
}

export function printReport(form: ReportForm, report: PlanReport): void {
  if (form === 'json') process.stdout.write(renderReportJson(report));
  else if (form === 'markdown') process.stdout.write(renderReportMarkdown(report));
  else
    process.stdout.write(
      wantsColours(process.stdout, process.env)
        ? paintReport(renderReportText(report))
        : renderReportText(report),
    );
}

/**
 * Plans, and prints a refusal in the form that was asked for; the reasons stand on stderr in every
 * form.
 * @throws {CallError} after that.
 */
export function planOrPrintRefusal<Planned>(
  form: ReportForm,
  environment: string,
  plan: () => Planned,
): Planned {
  try {
    return plan();
  } catch (error) {
    if (error instanceof CallError && error.cause instanceof PlanRefused) {
      const refusal = { environment, refused: error.cause.faults };
      if (form === 'json') process.stdout.write(renderReportJson(refusal));
      if (form === 'markdown') process.stdout.write(renderRefusalMarkdown(refusal));
    }
    throw error;
  }
}
