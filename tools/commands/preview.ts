/** `pulumi preview` and the plan report: what a change would do. */
import { describePlan } from '../../infra/plan-report.ts';
import { renderReportText } from '../../infra/plan-report-text.ts';
import { runCommand } from '../call.ts';
import { refuseOtherCluster } from '../cluster-tie.ts';
import { prepareTools } from '../prepare-tools.ts';
import { ensureRootSecret, openStack, POLICY_PACK, showPulumi } from '../stack.ts';
import { planDeployableStack, targetOf } from '../stack-file.ts';
import { readStackState } from '../stack-state.ts';

await runCommand(
  {
    synopsis: 'npm run preview [-- STACK]',
    text: 'Shows what npm run up would do to STACK (dev when none is given): the resources, what reloads and what restarts, and every limit. Touches no resource.',
    flags: [],
    defaultStack: 'dev',
  },
  async ({ stack: name }) => {
    const { plan, file } = planDeployableStack(name);
    const stack = await openStack(name, await prepareTools({ needs: ['pulumi', targetOf(file)] }));
    await ensureRootSecret(stack, file);
    const state = await readStackState(stack);
    await refuseOtherCluster(name, state, plan.settings.kubernetes.context);
    const code = await showPulumi(stack, ['preview', '--stack', name, '--suppress-outputs', ...POLICY_PACK]);
    process.stdout.write(`\n${renderReportText(describePlan(plan, state.deployed))}`);
    return code === 0 ? 0 : 1;
  },
);
