import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { dockerOutput } from '../e2e/docker.ts';
import { judge, type Figure } from './figures.ts';

/** What figures are bound to. */
interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly dockerEngine: string;
}

export async function describeMachine(): Promise<Machine> {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    dockerEngine: await dockerOutput('version', '--format', '{{.Server.Version}}'),
  };
}

/** Writes one run to `bench/results/<time>.json` and gives the path. */
export function writeResults(machine: Machine, figures: readonly Figure[], at: Date): string {
  const folder = join(import.meta.dirname, 'results');
  const path = join(folder, `${at.toISOString().replaceAll(':', '-')}.json`);
  mkdirSync(folder, { recursive: true });
  const run = {
    at: at.toISOString(),
    machine,
    figures: figures.map((figure) => ({ ...figure, finding: judge(figure) })),
  };
  writeFileSync(path, `${JSON.stringify(run, null, 2)}\n`);
  return path;
}
