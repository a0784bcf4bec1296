/** The benchmark suite: ratios measured side by side. */
import { relative } from 'node:path';
import { renderFigures } from '../../bench/figures.ts';
import { describeMachine, writeResults } from '../../bench/results.ts';
import { runBenchSuite } from '../../bench/suite.ts';
import { runCommand } from '../call.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';

await runCommand(
  {
    synopsis: 'npm run bench',
    text: [
      'Brings up throw-away servers of its own, measures each pair side by side in short',
      'alternating rounds, prints the ratios with the bounds of their noise, writes',
      'bench/results/<time>.json and removes the servers. Takes about six minutes. Figures are',
      'bound to the machine, which should be as quiet as it can be.',
    ].join('\n'),
    flags: [],
    takesStack: false,
  },
  async () => {
    const stopping = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
    await prepareTools({ needs: ['docker'] });
    const machine = await describeMachine();
    const figures = await runBenchSuite(stopping.signal);
    const path = writeResults(machine, figures, new Date());
    const { processor, cores, memoryGiB, node, dockerEngine, kernel } = machine;
    process.stdout.write(
      `${processor}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, ` +
        `Docker ${dockerEngine}\n\n${renderFigures(figures)}\n` +
        `Written to ${relative(process.cwd(), path)}\n`,
    );
    return 0;
  },
);
