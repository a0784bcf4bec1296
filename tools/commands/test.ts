/** Every test that needs no cluster: check, then integration and end-to-end on a real Docker Engine with the real Pulumi. */
import { runCommand } from '../call.ts';
import { checkCode } from '../code-check.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { addCounts, runTests, showCounts } from '../test-run.ts';

await runCommand(
  {
    synopsis: 'npm test',
    text: 'Runs npm run check, then brings up throw-away environments of its own names and ports beside any other, exercises them and removes them.',
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
    // One file after the other: each brings up servers, and two cores serve one environment at a time.
    const counts = addCounts([unit, await runTests('e2e', ['--runInBand'])]);
    process.stdout.write(`${showCounts(counts)}\n`);
    return counts.failed === 0 ? 0 : 1;
  },
);
