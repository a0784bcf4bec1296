/** `pulumi destroy`; the data of a protected environment stays. */
import { runCommand } from '../call.ts';
import { refuseOtherCluster } from '../environment/cluster-tie.ts';
import { askConsent } from '../consent.ts';
import { recoverInterruptedUpdate } from '../pulumi/interrupted-update.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { openStack } from '../pulumi/open-stack.ts';
import { showPulumi } from '../pulumi/stack.ts';
import { readStackFile, targetOf } from '../pulumi/stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run down [-- STACK] [--yes]',
    text: [
      'Stops and removes everything of STACK (dev by default). Data that the settings protect',
      'stays, and the next npm run up finds it again.',
      '  --yes  do not ask before a protected environment is stopped',
    ].join('\n'),
    flags: ['yes'],
    defaultStack: 'dev',
  },
  async ({ stack: name, flags }) => {
    // The settings may be wrong by now; what is deployed can be taken down all the same.
    const target = targetOf(readStackFile(name));
    const tools = await prepareTools({ needs: ['pulumi', target] });
    const { stack, state } = await openStack(name, tools);
    await refuseOtherCluster(name, state, state.context);
    if (state.isProtected && !flags.has('yes'))
      await askConsent(`${name} is protected. Stop it? Its data stays.`);
    await recoverInterruptedUpdate(stack, target);
    return (await showPulumi(stack, [
      'destroy',
      '--stack',
      name,
      '--yes',
      '--skip-preview',
      '--exclude-protected',
    ])) === 0
      ? 0
      : 1;
  },
);
