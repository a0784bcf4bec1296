import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../toolchain/places.mjs';

export interface TestCounts {
  readonly passed: number;
  /** Failed tests, and test files that could not be run at all. */
  readonly failed: number;
}

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Runs one of Jest's projects in front of the user and counts. */
export async function runTests(
  project: 'unit' | 'e2e' | 'kubernetes',
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<TestCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'spywatcher-tests-'));
  const results = join(folder, 'results.json');
  const jest = join(checkout, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(
    process.execPath,
    [...flags, jest, '--selectProjects', project, '--json', '--outputFile', results, ...args],
    {
      cwd: checkout,
      env: { ...process.env, ...env },
      // The report goes to stderr; what --json prints on stdout is in the file as well.
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  // A Ctrl-C reaches Jest itself; this process waits for the tests to clean up.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(results, 'utf8'),
    ) as JestResults;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function addCounts(counts: readonly TestCounts[]): TestCounts {
  return counts.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

/** The closing line that a CI reads. */
export function showCounts({ passed, failed }: TestCounts): string {
  return `${passed} passed, ${failed} failed`;
}
