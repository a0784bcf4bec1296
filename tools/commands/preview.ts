/** `pulumi preview` and the plan report: what a change would do. */
import { findChangeFaults } from '../../infra/changes/change-faults.ts';
import { describePlan } from '../../infra/report/plan-report.ts';
import { runCommand } from '../call.ts';
import { refuseOtherCluster } from '../environment/cluster-tie.ts';
import { previewWithEngine } from '../pulumi/engine-preview.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import {
  FORM_HELP,
  planOrPrintRefusal,
  printReport,
  readReportForm,
} from '../pulumi/report-form.ts';
import { openDeployableStack } from '../pulumi/open-stack.ts';
import { planDeployableStack, refuse, targetOf } from '../pulumi/stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run preview [-- STACK] [--json | --markdown]',
    text: [
      'Shows what npm run up would do to STACK (dev by default): the resources, the downtime, what',
      'reloads and what restarts, and every limit before and after. Touches no resource.',
      ...FORM_HELP,
      'With either, stdout holds nothing else; what Pulumi prints goes to stderr.',
    ].join('\n'),
    flags: ['json', 'markdown'],
    defaultStack: 'dev',
  },
  async ({ stack: name, flags }) => {
    const form = readReportForm(flags);
    const { plan, file } = planOrPrintRefusal(form, name, () => planDeployableStack(name));
    const tools = await prepareTools({ needs: ['pulumi', targetOf(file)] });
    const { stack, state } = await openDeployableStack(name, tools, file);
    planOrPrintRefusal(form, name, () => refuse(findChangeFaults(state.deployed, plan)));
    await refuseOtherCluster(name, state, plan.settings.kubernetes.context);
    const engine = await previewWithEngine(stack, form === 'text' ? 'stdout' : 'stderr');
    if (form === 'text') process.stdout.write('\n');
    printReport(form, describePlan(plan, state.deployed, engine));
    return engine.failures.length === 0 ? 0 : 1;
  },
);
