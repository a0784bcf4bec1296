/** Every test that needs no cluster: check, then end-to-end on real Docker and Pulumi. */
import { runCommand } from '../call.ts';
import { checkCode } from '../code-check.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { addCounts, runTests, showCounts } from '../test-run.ts';

await runCommand(
  {
    synopsis: 'npm test',
    text: [
      'Runs npm run check, then brings up throw-away environments of its own names and ports',
      'beside any other, exercises them and removes them.',
    ].join('\n'),
    flags: [],
    takesStack: false,
  },
  async () => {
    const unit = await checkCode();
    if (unit.failed > 0) {
      process.stdout.write(`${showCounts(unit)}\n`);
      return 1;
    }
    await prepareTools({ needs: ['pulumi', 'docker'] });
    // A file mostly waits for servers and for the engine, so three at a time keep two cores busy.
    const e2e = await runTests({
      projects: ['e2e', 'e2e-in-band'],
      args: ['--maxWorkers', '3'],
    });
    const counts = addCounts([unit, e2e]);
    process.stdout.write(`${showCounts(counts)}\n`);
    return counts.failed === 0 ? 0 : 1;
  },
);
