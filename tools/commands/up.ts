/** From a bare checkout to a running environment: set-up, pulumi up, checks. */
import { findChangeFaults } from '../../infra/changes/change-faults.ts';
import { describePlan } from '../../infra/report/plan-report.ts';
import {
  changeLines,
  CHANGES_TITLE,
  renderReportText,
} from '../../infra/report/plan-report-text.ts';
import { runCommand } from '../call.ts';
import { refuseOtherCluster } from '../environment/cluster-tie.ts';
import { askConsent } from '../consent.ts';
import { openRunningEnvironment } from '../environment/running-environment.ts';
import { previewWithEngine } from '../pulumi/engine-preview.ts';
import { recoverInterruptedUpdate } from '../pulumi/interrupted-update.ts';
import { pullNamedImages } from '../images/named-images.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { openDeployableStack } from '../pulumi/open-stack.ts';
import { POLICY_PACK, showPulumi } from '../pulumi/stack.ts';
import { planDeployableStack, refuse, targetOf } from '../pulumi/stack-file.ts';
import type { StackState } from '../pulumi/stack-state.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

await runCommand(
  {
    synopsis: 'npm run up [-- STACK] [--yes]',
    text: [
      'Proves the plan of STACK (dev by default), finds or makes everything it needs, runs pulumi',
      'up, and checks that what runs is what was planned. A second run changes nothing. Where data',
      'is protected it first shows the report of npm run preview, then asks.',
      '  --yes  do not ask; the report is still shown, and a preview that fails still ends the run',
    ].join('\n'),
    flags: ['yes'],
    defaultStack: 'dev',
  },
  async ({ stack: name, flags }) => {
    const { plan, file } = planDeployableStack(name);
    const tools = await prepareTools({ needs: ['pulumi', targetOf(file)] });
    const { stack, state } = await openDeployableStack(name, tools, file);
    refuse(findChangeFaults(state.deployed, plan));
    await refuseOtherCluster(name, state, plan.settings.kubernetes.context);
    const { deployed, isProtected } = state;
    let latest: StackState | undefined = state;
    if (isProtected || plan.settings.postgres.protect || plan.settings.redis.protect) {
      const engine = await previewWithEngine(stack, 'stderr');
      say(`\n${renderReportText(describePlan(plan, deployed, engine))}`);
      if (engine.failures.length > 0) {
        say('Nothing was changed: the preview failed.');
        return 1;
      }
      if (isProtected && !flags.has('yes'))
        await askConsent(`${name} holds protected data. Change it?`);
      // Meanwhile another update may have run, and been interrupted.
      latest = undefined;
    } else {
      const { changes = [] } = describePlan(plan, deployed);
      say([CHANGES_TITLE, ...changeLines(changes)].join('\n'));
    }
    await recoverInterruptedUpdate(stack, plan.settings.target, latest);
    if (plan.settings.target === 'docker')
      await pullNamedImages({ images: plan.settings.images, env: stack.env, report: say });
    const running = await openRunningEnvironment(plan, stack);
    const code = await showPulumi(stack, [
      'up',
      '--stack',
      name,
      '--yes',
      '--skip-preview',
      '--suppress-outputs',
      ...POLICY_PACK,
    ]);
    if (code !== 0) {
      say(await running.describeTrouble());
      return 1;
    }
    process.stdout.write(running.renderSummary(await running.check()));
    return 0;
  },
);
