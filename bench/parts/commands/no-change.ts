import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended } from '../../../e2e/docker.ts';
import type { TestStack } from '../../../e2e/test-stack.ts';
import { checkout } from '../../../toolchain/places.mjs';
import type { Figure } from '../../figures/figure.ts';
import { summarizeRatios } from '../../figures/paired-ratio.ts';
import { TARGETS } from '../../figures/target.ts';
import { COMMAND_FIGURES, COMMAND_RATIOS } from './first-row.ts';
import { followMemory } from './process-memory.ts';
import { makeTsNodeProject } from './ts-node-project.ts';

const PAIRS = 7;
const UPS = 7;

interface Commands {
  /** It is up. */
  readonly stack: TestStack;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Cost {
  readonly seconds: number;
  readonly memoryMiB: number;
}

/** Measures commands that change nothing: `up`, and `preview` beside the same through ts-node. */
export async function benchNoChange({ stack, report, signal }: Commands): Promise<Figure[]> {
  const ups: Cost[] = [];
  for (let count = 0; count < UPS; count += 1) {
    report(`up ${count + 1} of ${UPS}`);
    signal.throwIfAborted();
    ups.push(await measure('run.mjs', () => stack.run('up')));
  }
  const folder = await makeTsNodeProject(report);
  const settings = `Pulumi.${stack.name}.yaml`;
  copyFileSync(join(checkout, settings), join(folder, settings));
  const previews = {
    ours: () => stack.pulumi('preview'),
    peer: () => stack.pulumi('preview', '--cwd', folder),
  };
  const pairs: { ours: Cost; peer: Cost }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    report(`preview, pair ${pair + 1} of ${PAIRS}`);
    signal.throwIfAborted();
    if (pair % 2 === 0) {
      const peer = await measure('pulumi', previews.peer);
      pairs.push({ ours: await measure('pulumi', previews.ours), peer });
    } else {
      const ours = await measure('pulumi', previews.ours);
      pairs.push({ ours, peer: await measure('pulumi', previews.peer) });
    }
  }
  const ratio = (of: (cost: Cost) => number) =>
    summarizeRatios(pairs.map(({ ours, peer }) => of(ours) / of(peer)));
  const seconds = (costs: readonly Cost[]) => summarizeRatios(costs.map((cost) => cost.seconds));
  return [
    {
      ...COMMAND_FIGURES,
      row: 'seconds of up without changes',
      value: seconds(ups),
      target: TARGETS.noChangeUp,
    },
    {
      ...COMMAND_RATIOS,
      row: 'time of pulumi preview, ours / through ts-node',
      value: ratio((cost) => cost.seconds),
      target: TARGETS.previewTime,
    },
    {
      ...COMMAND_RATIOS,
      row: 'peak memory of pulumi preview, ours / through ts-node',
      value: ratio((cost) => cost.memoryMiB),
      target: TARGETS.previewMemory,
    },
    {
      ...COMMAND_FIGURES,
      row: 'seconds of pulumi preview, ours',
      value: seconds(pairs.map(({ ours }) => ours)),
    },
    {
      ...COMMAND_FIGURES,
      row: 'peak MiB of pulumi preview, ours',
      value: summarizeRatios(pairs.map(({ ours }) => ours.memoryMiB)),
    },
  ];
}

/** Runs a command that must end well; its memory is that of `program` and what is below it. */
async function measure(program: string, run: () => Promise<Ended>): Promise<Cost> {
  const stop = followMemory(program);
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await run();
  const seconds = (performance.now() - startedMs) / 1_000;
  const memoryMiB = stop();
  if (exitCode !== 0) throw new Error(`the command exited ${exitCode}:\n${stdout}\n${stderr}`);
  return { seconds, memoryMiB };
}
