/** Rewrites the golden files from what the code makes now; read the diff before you commit it. */
import { runCommand } from '../call.ts';
import { runTests, showCounts } from '../test-run.ts';

await runCommand(
  {
    synopsis: 'npm run golden',
    text: [
      'Rewrites the golden files by running the unit tests that hold them.',
      'Read the diff before you commit it.',
    ].join('\n'),
    flags: [],
    takesStack: false,
  },
  async () => {
    const counts = await runTests({
      projects: ['unit'],
      args: ['infra', 'pgbouncer'],
      env: { GOLDEN: 'write' },
    });
    process.stdout.write(`${showCounts(counts)}\n`);
    return counts.failed === 0 ? 0 : 1;
  },
);
