/** The `pulumi` that `up` uses, with its backend and passphrase. */
import { prepareTools } from '../prepare-tools.ts';
import { readBackend } from '../backend.ts';
import { showPulumi } from '../stack.ts';

try {
  const { pulumi, env } = await prepareTools({ needs: ['pulumi'] });
  process.exitCode = await showPulumi({ pulumi, env: { ...env, ...readBackend().env } }, process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
