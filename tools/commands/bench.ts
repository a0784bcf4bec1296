/** The benchmark suite: ratios measured side by side. */
import { relative } from 'node:path';
import { writeBenchmarksPage } from '../../bench/figures/benchmarks-page.ts';
import { compareRuns, renderComparison } from '../../bench/figures/comparison.ts';
import { renderFigures } from '../../bench/figures/figure.ts';
import { describeMachine, renderMachine } from '../../bench/figures/machine.ts';
import { readRun, writeRun, type Run } from '../../bench/figures/run-file.ts';
import { readVersions } from '../../bench/figures/versions.ts';
import { describeShare, isQuiet } from '../../bench/rounds/quiet-machine.ts';
import { PART_NAMES, runBenchSuite, type PartName } from '../../bench/suite.ts';
import { CallError, runCommand, type Call } from '../call.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';

await runCommand(
  {
    synopsis: 'npm run bench [-- --quick | --only PART] [--compare FILE] [--write-docs FILE]',
    text: [
      'Brings up throw-away servers of its own, measures our app side by side with other ways to',
      'do the same in short alternating rounds, prints the ratios with the bounds of their noise,',
      'writes bench/results/<time>.json and removes the servers. Takes about 20 minutes. Figures',
      'are bound to the machine, which should be as quiet as it can be.',
      '',
      '  --quick            only the routes of our app and the floor, in about 3 minutes',
      `  --only PART        one part: ${PART_NAMES.join(', ')}`,
      '  --compare FILE     says for each ratio to the floor whether it is better or worse than',
      '                     in that result, for example bench/baseline.json; exits 1 when one is',
      '                     worse',
      '  --write-docs FILE  measures nothing and writes the tables of docs/benchmarks.md from that',
      '                     result',
    ].join('\n'),
    flags: ['quick'],
    options: ['only', 'compare', 'write-docs'],
    takesStack: false,
  },
  async (call) => {
    const { 'write-docs': source, compare } = call.options;
    if (source !== undefined) {
      const page = await writeBenchmarksPage(readRun(source));
      process.stdout.write(`Written to ${relative(process.cwd(), page)}\n`);
      return 0;
    }
    const wanted = readWanted(call);
    // Before minutes pass: a file that cannot be read.
    const baseline = compare === undefined ? undefined : readRun(compare);
    const { run, failure } = await measure(wanted);
    const path = writeRun(run);
    process.stdout.write(`${renderMachine(run.machine)}\n\n${renderFigures(run.figures)}\n`);
    const { busyBefore } = run.machine;
    if (!isQuiet(busyBefore))
      process.stdout.write(`The machine was not quiet: ${describeShare(busyBefore)}.\n`);
    process.stdout.write(`Written to ${relative(process.cwd(), path)}\n`);
    if (failure !== undefined) throw failure;
    if (baseline === undefined) return 0;
    const compared = compareRuns(baseline.figures, run.figures);
    process.stdout.write(`\n${renderComparison(compared)}`);
    return compared.some(({ change }) => change === 'worse') ? 1 : 0;
  },
);

function readWanted({ flags, options: { only } }: Call): readonly PartName[] | 'quick' {
  if (flags.has('quick')) {
    if (only !== undefined) throw new CallError('--quick and --only exclude each other.');
    return 'quick';
  }
  if (only === undefined) return PART_NAMES;
  const part = PART_NAMES.find((name) => name === only);
  if (part === undefined)
    throw new CallError(`--only: got ${only}; allowed: ${PART_NAMES.join(', ')}.`);
  return [part];
}

async function measure(
  wanted: readonly PartName[] | 'quick',
): Promise<{ readonly run: Run; readonly failure: Error | undefined }> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
  await prepareTools({ needs: ['docker'] });
  const at = new Date().toISOString();
  const { busyBefore, failure, ...measured } = await runBenchSuite(wanted, stopping.signal);
  const machine = await describeMachine(busyBefore);
  return { run: { at, machine, versions: await readVersions(), ...measured }, failure };
}
