import { join } from 'node:path';
import { bundleDashboard } from './images/bundle-dashboard.ts';
import { checkout } from '../toolchain/places.mjs';
import { generateClient } from './images/prisma-client.ts';
import { runProgram } from '../toolchain/program.ts';
import { type Report, runSteps, type StepOutcome } from '../toolchain/progress.ts';
import { runTests, type TestCounts } from './test-run.ts';

/** Types and lint side by side, then the unit tests. Needs neither network nor Docker. */
export async function checkCode(): Promise<TestCounts> {
  const generated = ['Prisma client', 'Dashboard'];
  await runSteps([
    {
      name: 'Prisma client',
      run: async (report) => generateClient(report).then(() => 'ready' as const),
    },
    {
      name: 'Dashboard',
      run: async (report) => bundleDashboard(report).then(() => 'ready' as const),
    },
    { name: 'Types', after: generated, run: nodeScript('typescript/bin/tsc', '--project', '.') },
    // A browser's names are not Node's, so what runs there is checked by itself.
    {
      name: "Dashboard's types",
      after: generated,
      run: nodeScript('typescript/bin/tsc', '--project', 'app/src/monitoring/dashboard/browser'),
    },
    {
      name: 'Lint',
      after: generated,
      run: nodeScript('eslint/bin/eslint.js', '.', '--max-warnings', '0'),
    },
  ]);
  return runTests(['unit']);
}

function nodeScript(script: string, ...args: string[]): (report: Report) => Promise<StepOutcome> {
  return async () => {
    await runProgram(process.execPath, [join(checkout, 'node_modules', script), ...args], {
      cwd: checkout,
    });
    return 'done';
  };
}
