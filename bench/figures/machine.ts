import { cpus, release, totalmem } from 'node:os';
import { dockerOutput } from '../../e2e/docker.ts';

/** What figures are bound to. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly dockerEngine: string;
  /** Share of all cores that others kept busy when measuring began. */
  readonly busyBefore: number;
}

export async function describeMachine(busyBefore: number): Promise<Machine> {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    dockerEngine: await dockerOutput('version', '--format', '{{.Server.Version}}'),
    busyBefore,
  };
}

export const renderMachine = (machine: Machine): string =>
  `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ` +
  `${machine.kernel}, Node ${machine.node}, Docker ${machine.dockerEngine}`;
