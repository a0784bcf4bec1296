import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CallError } from '../../tools/call.ts';
import { judge, type Figure } from './figure.ts';
import type { Machine } from './machine.ts';

/** One run, as its file holds it. */
export interface Run {
  /** ISO 8601, in UTC. */
  readonly at: string;
  readonly machine: Machine;
  /** Versions by program. */
  readonly versions: Readonly<Record<string, string>>;
  /** What the servers and our app were planned from. */
  readonly settings: unknown;
  readonly figures: readonly Figure[];
}

const FOLDER = resolve(import.meta.dirname, '..', 'results');

/** Writes a run to `bench/results/<time>.json`, which git ignores, and gives the path. */
export function writeRun(run: Run): string {
  const path = join(FOLDER, `${run.at.replaceAll(':', '-')}.json`);
  mkdirSync(FOLDER, { recursive: true });
  const judged = run.figures.map((figure) => ({ ...figure, finding: judge(figure) }));
  writeFileSync(path, `${JSON.stringify({ ...run, figures: judged }, null, 2)}\n`);
  return path;
}

/** @throws {CallError} when the file is not there, or holds no run. */
export function readRun(path: string): Run {
  try {
    const run = JSON.parse(readFileSync(path, 'utf8')) as Partial<Run> | null;
    if (!Array.isArray(run?.figures) || run.machine === undefined)
      throw new Error('it holds no figures');
    return run as Run;
  } catch (error) {
    throw new CallError(
      `${path} is no result of npm run bench: ${(error as Error).message}\n` +
        'Name a file from bench/results, or bench/baseline.json.',
    );
  }
}
