/** Puts images that were built elsewhere into a stack's settings file. */
import { CallError, runCommand } from '../call.ts';
import { useImages } from '../images/stack-images.ts';
import { readStackFile } from '../pulumi/stack-file.ts';

await runCommand(
  {
    synopsis: 'npm run use-images -- STACK --from FILE',
    text: [
      'Puts the images of FILE into Pulumi.STACK.yaml, where the next preview or up finds them.',
      '  --from FILE  what npm run --silent images printed, with --push in a registry',
    ].join('\n'),
    flags: [],
    options: ['from'],
  },
  ({ stack, options: { from } }) => {
    if (from === undefined)
      throw new CallError(
        '--from is missing: name the file that npm run --silent images was written to.',
      );
    for (const line of useImages(from, readStackFile(stack).path))
      process.stdout.write(`${line}\n`);
    return Promise.resolve(0);
  },
);
