import { join } from 'node:path';
import { checkout } from './places.mjs';
import { generateClient } from './prisma-client.ts';
import { runProgram } from './program.ts';
import { type Report, runSteps, type StepOutcome } from './progress.ts';
import { runTests, type TestCounts } from './test-run.ts';

/** Types and lint side by side, then the unit tests. Needs neither network nor Docker. */
export async function checkCode(): Promise<TestCounts> {
  const client = 'Prisma client';
  await runSteps([
    { name: client, run: async (report) => generateClient(report).then(() => 'ready' as const) },
    { name: 'Types', after: [client], run: nodeScript('typescript/bin/tsc', '--project', '.') },
    { name: 'Lint', after: [client], run: nodeScript('eslint/bin/eslint.js', '.', '--max-warnings', '0') },
  ]);
  return runTests('unit');
}

function nodeScript(script: string, ...args: string[]): (report: Report) => Promise<StepOutcome> {
  return async () => {
    await runProgram(process.execPath, [join(checkout, 'node_modules', script), ...args], { cwd: checkout });
    return 'done';
  };
}
