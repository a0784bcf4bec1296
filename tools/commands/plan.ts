/** The plan of a stack: connections, timeouts, generated files. No engine, no network. */
import { describePlan } from '../../infra/report/plan-report.ts';
import { runCommand } from '../call.ts';
import {
  FORM_HELP,
  planOrPrintRefusal,
  printReport,
  readReportForm,
} from '../pulumi/report-form.ts';
import { planStack } from '../pulumi/stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run plan -- STACK [--json | --markdown]',
    text: [
      'Prints how the connections of a stack add up against their limits, how its timeouts nest,',
      'and the files that are generated from Pulumi.STACK.yaml. Touches nothing.',
      ...FORM_HELP,
    ].join('\n'),
    flags: ['json', 'markdown'],
  },
  ({ stack, flags }) => {
    const form = readReportForm(flags);
    printReport(form, describePlan(planOrPrintRefusal(form, stack, () => planStack(stack)).plan));
    return Promise.resolve(0);
  },
);
