/** Replaces the data by an earlier state, between `down` and `up`. */
import { deriveCredentials } from '../../infra/credentials.ts';
import { openEnvironmentBackups } from '../backups/environment-backups.ts';
import { readRestoreTime } from '../backups/restore-time.ts';
import { CallError, runCommand } from '../call.ts';
import { askConsent } from '../consent.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { runSteps } from '../../toolchain/progress.ts';
import { openStack } from '../pulumi/open-stack.ts';
import { readRootSecret } from '../pulumi/stack.ts';
import { planDeployableStack } from '../pulumi/stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run restore -- STACK [--at TIME] [--yes]',
    text: [
      'Replaces the data of STACK by what its backups hold: the latest state, or the state at',
      'TIME. STACK must be down (npm run down -- STACK). The present data is set aside in its',
      'volume, not deleted. Afterwards: npm run up -- STACK.',
      '  --at TIME  with its zone: 2026-01-02T15:04:05Z; transactions committed later are left out',
      '  --yes      do not ask',
    ].join('\n'),
    flags: ['yes'],
    options: ['at'],
  },
  async ({ stack: name, flags, options }) => {
    const at =
      options['at'] === undefined ? {} : { at: readRestoreTime(options['at'], new Date()) };
    const { plan, file } = planDeployableStack(name);
    if (plan.backup === 'off')
      throw new CallError(`${name} makes no backups: backup.enabled is false there.`);
    if (!file.hasRootSecret)
      throw new CallError(
        `Pulumi.${name}.yaml has no rootSecret: bring back the file that the environment was ` +
          'made with.',
      );
    if (!flags.has('yes'))
      await askConsent(
        `Replace the data of ${name} by ` +
          `${at.at === undefined ? 'the latest state in its backups' : `its state at ${at.at}`}? ` +
          'The present data is set aside.',
      );
    const { stack } = await openStack(name, await prepareTools({ needs: ['pulumi'] }));
    const { superuser } = deriveCredentials({
      rootSecret: await readRootSecret(stack),
      version: plan.settings.credentialsVersion,
    });
    const backups = openEnvironmentBackups(plan, plan.backup, stack.env);
    const startedMs = performance.now();
    let said: readonly string[] = [];
    await runSteps([
      {
        name: `restore of ${name}`,
        run: async (report) => {
          said = await backups.restore({ ...at, verifier: superuser.verifier }, report);
          return 'done';
        },
      },
    ]);
    const facts = said
      .filter((line) => /recovery stopping|last completed transaction|set aside/.test(line))
      .map((line) => `  ${line}\n`);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    process.stdout.write(
      `${facts.join('')}Restored ${name} in ${seconds} s. Bring it up: npm run up -- ${name}\n`,
    );
    return 0;
  },
);
