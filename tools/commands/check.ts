/** Form, types, imports, words and unit tests: no network, no Docker, below a minute. */
import { checkCode } from '../code-check.ts';
import { runCommand } from '../call.ts';
import { showCounts } from '../test-run.ts';

await runCommand(
  {
    synopsis: 'npm run check',
    text: [
      'Checks format, types, lint, import order, dead exports, spelling and unit tests.',
      'Needs neither network nor Docker.',
    ].join('\n'),
    flags: [],
    takesStack: false,
  },
  async () => {
    const counts = await checkCode();
    process.stdout.write(`${showCounts(counts)}\n`);
    return counts.failed === 0 ? 0 : 1;
  },
);
