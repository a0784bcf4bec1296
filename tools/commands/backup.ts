/** One backup now, beside the scheduled ones. */
import { openEnvironmentBackups } from '../backups/environment-backups.ts';
import { CallError, runCommand } from '../call.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { runSteps } from '../../toolchain/progress.ts';
import { planDeployableStack } from '../pulumi/stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run backup -- STACK',
    text: 'Makes a backup of the running environment STACK now, and prints all that are kept.',
    flags: [],
  },
  async ({ stack: name }) => {
    const { plan } = planDeployableStack(name);
    if (plan.backup === 'off')
      throw new CallError(`${name} makes no backups: backup.enabled is false there.`);
    const { env } = await prepareTools({ needs: ['pulumi'] });
    const backups = openEnvironmentBackups(plan, plan.backup, env);
    let said: readonly string[] = [];
    await runSteps([
      {
        name: `backup of ${name}`,
        run: async (report) => {
          said = await backups.backUp(report);
          return 'done';
        },
      },
    ]);
    process.stdout.write(
      `${said.slice(said.findIndex((line) => line.startsWith('stanza:'))).join('\n')}\n`,
    );
    return 0;
  },
);
