import { join } from 'node:path';
import { bundleDashboard } from './images/bundle-dashboard.ts';
import { checkout } from '../toolchain/places.mjs';
import { generateClient } from './images/prisma-client.ts';
import { runProgram } from '../toolchain/program.ts';
import { type Report, runSteps, type Step } from '../toolchain/progress.ts';
import { runTests, type TestCounts } from './test-run.ts';

/** What is generated must be there before anything reads the code. */
const GENERATED = ['Prisma client', 'Dashboard'];
const BROWSER = join('app', 'src', 'monitoring', 'dashboard', 'browser');
/** What the rules in .dependency-cruiser.mjs are about. */
const CODE_FOLDERS = 'infra pgbouncer policy app toolchain test-cluster tools bench e2e'.split(' ');
/** Where a program keeps what it knows of files that have not changed; gone with `node_modules`. */
const CACHE = join(checkout, 'node_modules', '.cache', 'spywatcher');

/** Form, types, imports, words and unit tests, side by side. Needs neither network nor Docker. */
export async function checkCode(): Promise<TestCounts> {
  let counts: TestCounts | undefined;
  const testReport: string[] = [];
  await runSteps([
    generator('Prisma client', generateClient),
    generator('Dashboard', bundleDashboard),
    {
      name: 'Unit tests',
      after: GENERATED,
      run: async (report, signal) => {
        const onLine = (line: string): void => {
          testReport.push(line);
          if (line.startsWith('PASS')) report(line);
        };
        counts = await runTests({
          projects: ['unit'],
          args: ['--maxWorkers', '2'],
          onLine,
          signal,
        });
        return 'done';
      },
    },
    typeCheck('Types', '.'),
    // A browser's names are not Node's, so what runs there is checked by itself.
    typeCheck("Dashboard's types", BROWSER),
    nodeScript('Lint', ['eslint/bin/eslint.js', '.', '--max-warnings', '0']),
    nodeScript('Format', [
      'prettier/bin/prettier.cjs',
      ...['--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content'],
      ...['--cache-location', join(CACHE, 'prettier'), '.'],
    ]),
    nodeScript('Import order', [
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      ...['--config', '.dependency-cruiser.mjs'],
      ...CODE_FOLDERS,
    ]),
    nodeScript('Dead code', ['knip/bin/knip.js', '--no-config-hints']),
    nodeScript('Spelling', [
      'cspell/bin.mjs',
      ...['--no-progress', '--no-summary', '--cache', '--cache-strategy', 'content'],
      ...['--cache-location', join(CACHE, 'cspell')],
    ]),
  ]);
  if (counts === undefined) throw new Error('the unit tests were not run');
  if (counts.failed > 0) process.stderr.write(`${testReport.join('\n')}\n`);
  return counts;
}

const generator = (name: string, generate: (report: Report) => Promise<void>): Step => ({
  name,
  run: async (report) => {
    await generate(report);
    return 'ready';
  },
});

const typeCheck = (name: string, project: string): Step =>
  nodeScript(name, [
    'typescript/bin/tsc',
    '--project',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    join(CACHE, `${name.replaceAll(/\W+/g, '-')}.tsbuildinfo`),
  ]);

/** A step that runs a script of a package on the checkout. */
const nodeScript = (name: string, [script = '', ...args]: readonly string[]): Step => ({
  name,
  after: GENERATED,
  run: async (_report, signal) => {
    await runProgram(process.execPath, [join(checkout, 'node_modules', script), ...args], {
      cwd: checkout,
      signal,
    });
    return 'done';
  },
});
