import type { Fault } from '../fault.ts';
import { inBaseUnit } from './parameter-value.ts';

const KIB_PER_MIB = 1_024;
/** Private memory of one backend beside work_mem: catalogue caches, prepared plans. A pooled backend lives long and fills them. */
const BACKEND_MIB = 5;
/** Postmaster, WAL and checkpointer processes, shared structures beside shared_buffers. */
const OVERHEAD_MIB = 64;
const AUTOVACUUM_WORKERS = 3;
const DEFAULT_WORK_MEM_MIB = 4;

export interface MemoryDemand {
  readonly memoryMiB: number;
  readonly maxConnections: number;
  /** Parameters that the user set, as texts. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Derives the memory parameters from the container's limit and proves that all connections together stay below it. */
export function planMemory({ memoryMiB, maxConnections, settings }: MemoryDemand): { readonly settings: Readonly<Record<string, string>>; readonly faults: readonly Fault[] } {
  const sharedBuffersMiB = chosenMiB(settings['shared_buffers'], '8kB') ?? Math.floor(memoryMiB / 4);
  const workMemMiB = chosenMiB(settings['work_mem'], 'kB') ?? DEFAULT_WORK_MEM_MIB;
  const maintenanceMiB = chosenMiB(settings['maintenance_work_mem'], 'kB') ?? Math.max(16, Math.floor(memoryMiB / 32));
  const connectionsMiB = maxConnections * (BACKEND_MIB + workMemMiB);
  const needed = Math.ceil(sharedBuffersMiB + connectionsMiB + AUTOVACUUM_WORKERS * maintenanceMiB + OVERHEAD_MIB);
  const derived = {
    shared_buffers: `${sharedBuffersMiB}MB`,
    effective_cache_size: `${Math.floor((memoryMiB * 3) / 4)}MB`,
    work_mem: `${workMemMiB}MB`,
    maintenance_work_mem: `${maintenanceMiB}MB`,
  };
  if (needed <= memoryMiB) return { settings: derived, faults: [] };
  const rest = memoryMiB - (needed - connectionsMiB);
  const fitting = Math.floor(rest / (BACKEND_MIB + workMemMiB));
  const smaller = fitting >= 10 ? `Lower postgres.maxConnections to ${fitting}, or raise` : 'Raise';
  return {
    settings: derived,
    faults: [
      {
        key: 'postgres.memoryMiB',
        got: `${sharedBuffersMiB} MiB shared_buffers + ${maxConnections} connections x ${BACKEND_MIB + workMemMiB} MiB (${BACKEND_MIB} own + ${workMemMiB} work_mem) + ${AUTOVACUUM_WORKERS} x ${maintenanceMiB} MiB maintenance_work_mem + ${OVERHEAD_MIB} MiB = ${needed} MiB, but the container has ${memoryMiB} MiB`,
        allowed: `at least what they need together`,
        remedy: `${smaller} postgres.memoryMiB to ${memoryFor(needed - sharedBuffersMiB, settings['shared_buffers'] === undefined ? undefined : sharedBuffersMiB)}.`,
      },
    ],
  };
}

/** The smallest limit that fits; a derived shared_buffers grows with it (a quarter of the limit). */
function memoryFor(withoutBuffersMiB: number, fixedBuffersMiB: number | undefined): number {
  const exact = fixedBuffersMiB === undefined ? (withoutBuffersMiB * 4) / 3 : withoutBuffersMiB + fixedBuffersMiB;
  return Math.ceil((exact * 1.1) / 64) * 64;
}

function chosenMiB(text: string | undefined, unit: 'kB' | '8kB'): number | undefined {
  if (text === undefined) return undefined;
  const amount = inBaseUnit(/^\d+$/.test(text) ? Number(text) : text, unit);
  return amount === undefined ? undefined : (amount * (unit === 'kB' ? 1 : 8)) / KIB_PER_MIB;
}
