/** The unit test files whose path contains a text: to work on one of them. */
import { CallError, runCommand } from '../call.ts';
import { runTests, showCounts } from '../test-run.ts';

await runCommand(
  {
    synopsis: 'npm run test:file -- FILE',
    text: [
      'Runs the unit tests of the files whose path contains FILE, such as infra/plan/timeouts.',
      'Needs neither network nor Docker.',
    ].join('\n'),
    flags: [],
    defaultStack: '',
  },
  async ({ stack: file }) => {
    if (file === '') throw new CallError('A FILE is missing: npm run test:file -- FILE');
    const counts = await runTests({ projects: ['unit'], args: ['--testPathPatterns', file] });
    process.stdout.write(`${showCounts(counts)}\n`);
    return counts.failed === 0 ? 0 : 1;
  },
);
