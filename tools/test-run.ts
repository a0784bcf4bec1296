import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../toolchain/places.mjs';

export interface TestCounts {
  readonly passed: number;
  /** Failed tests, and test files that could not be run at all. */
  readonly failed: number;
  /** Each test file with the time that it took, in the order of their ends. */
  readonly files: readonly FileTime[];
}

interface FileTime {
  /** From the checkout's root. */
  readonly path: string;
  readonly seconds: number;
}

type TestProject = 'unit' | 'e2e' | 'e2e-in-band' | 'kubernetes';

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

const SLOWEST_SHOWN = 10;

export interface TestRun {
  readonly projects: readonly TestProject[];
  /** More of Jest's own arguments. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Gets the lines of Jest's report, which otherwise goes to stderr at once. */
  readonly onLine?: (line: string) => void;
  /** Ends Jest early. */
  readonly signal?: AbortSignal;
}

/** Runs some of Jest's projects, counts the tests and times the files. */
export async function runTests({
  projects,
  args = [],
  env = {},
  onLine,
  signal,
}: TestRun): Promise<TestCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'spywatcher-tests-'));
  const results = join(folder, 'results.json');
  const jest = join(checkout, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(
    process.execPath,
    [...flags, jest, '--selectProjects', ...projects, '--json', '--outputFile', results, ...args],
    {
      cwd: checkout,
      env: { ...process.env, ...env },
      // The report goes to stderr; what --json prints on stdout is in the file as well.
      stdio: ['ignore', 'ignore', onLine === undefined ? 'inherit' : 'pipe'],
      ...(signal && { signal }),
    },
  );
  if (child.stderr !== null && onLine !== undefined)
    createInterface({ input: child.stderr }).on('line', onLine);
  // A Ctrl-C reaches Jest itself; this process waits for the tests to clean up.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  try {
    return countResults(JSON.parse(readFileSync(results, 'utf8')) as JestResults, code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function countResults(results: JestResults, exitCode: number | null): TestCounts {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    files: results.testResults.map(({ name, startTime, endTime }) => ({
      path: relative(checkout, name),
      seconds: (endTime - startTime) / 1_000,
    })),
  };
}

export function addCounts(counts: readonly TestCounts[]): TestCounts {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    files: counts.flatMap(({ files }) => files),
  };
}

/** The slowest files, and last the closing line that a CI reads. */
export function showCounts({ passed, failed, files }: TestCounts): string {
  const slowest = files
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, SLOWEST_SHOWN)
    .map(({ path, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${path}`);
  const list = slowest.length > 1 ? ['Slowest test files:', ...slowest] : [];
  return [...list, `${passed} passed, ${failed} failed`].join('\n');
}
