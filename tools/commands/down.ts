/** `pulumi destroy`; the data of a protected environment stays. */
import { runCommand } from '../call.ts';
import { askConsent } from '../consent.ts';
import { recoverInterruptedUpdate } from '../interrupted-update.ts';
import { prepareTools } from '../prepare-tools.ts';
import { openStack, readDeployed, showPulumi } from '../stack.ts';
import { planDeployableStack } from '../stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run down [-- STACK] [--yes]',
    text: [
      'Stops and removes everything of STACK (dev when none is given). Volumes that the settings protect stay,',
      'and the next npm run up finds them again.',
      '  --yes  do not ask before a protected environment is stopped',
    ].join('\n'),
    flags: ['yes'],
    defaultStack: 'dev',
  },
  async ({ stack: name, flags }) => {
    const { settings } = planDeployableStack(name).plan;
    const tools = await prepareTools({ needs: ['pulumi', 'docker'] });
    const stack = await openStack(name, tools);
    const isProtected = settings.postgres.protect || settings.redis.protect;
    if (isProtected && (await readDeployed(stack)) !== 'nothing' && !flags.has('yes')) await askConsent(`${name} is protected. Stop it? Its data stays.`);
    await recoverInterruptedUpdate(stack);
    return (await showPulumi(stack, ['destroy', '--stack', name, '--yes', '--skip-preview', '--exclude-protected'])) === 0 ? 0 : 1;
  },
);
