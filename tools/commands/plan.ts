/** The plan of a stack: connections, timeouts, generated files. No engine, no network. */
import { describePlan } from '../../infra/plan-report.ts';
import { renderReportMarkdown } from '../../infra/plan-report-markdown.ts';
import { renderReportText } from '../../infra/plan-report-text.ts';
import { CallError, runCommand } from '../call.ts';
import { planStack } from '../stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run plan -- STACK [--json | --markdown]',
    text: [
      'Prints how the connections of a stack add up against their limits, how its timeouts nest,',
      'and the files that are generated from Pulumi.STACK.yaml. Touches nothing.',
      '  --json      the same as data',
      '  --markdown  the same for a comment on a pull request',
    ].join('\n'),
    flags: ['json', 'markdown'],
  },
  ({ stack, flags }) => {
    if (flags.has('json') && flags.has('markdown')) throw new CallError('Choose one of --json and --markdown.');
    const report = describePlan(planStack(stack).plan);
    if (flags.has('json')) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else process.stdout.write(flags.has('markdown') ? renderReportMarkdown(report) : renderReportText(report));
    return Promise.resolve(0);
  },
);
