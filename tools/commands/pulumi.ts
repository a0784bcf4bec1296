/** The `pulumi` that `up` uses, with its backend and passphrase; passes everything on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../toolchain/places.mjs';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { exitWith } from '../call.ts';
import { readBackend } from '../pulumi/backend.ts';
import { showPulumi } from '../pulumi/stack.ts';
import { readStackFile, targetOf } from '../pulumi/stack-file.ts';

const args = process.argv.slice(2);
const [stack] = args.flatMap(
  (arg, index) =>
    /^(?:--stack|-s)=(.+)$/.exec(arg)?.[1] ??
    (['-s', '--stack'].includes(args[index - 1] ?? '') ? arg : []),
);

// No usage of its own: everything is passed on, --help too.
await exitWith(async () => {
  // A cluster's provider is only there when a command first needs it.
  const isOnCluster =
    stack !== undefined &&
    existsSync(join(checkout, `Pulumi.${stack}.yaml`)) &&
    targetOf(readStackFile(stack)) === 'kubernetes';
  const { pulumi, env } = await prepareTools({
    needs: isOnCluster ? ['pulumi', 'kubernetes'] : ['pulumi'],
  });
  return showPulumi({ pulumi, env: { ...env, ...readBackend().env } }, args);
});
