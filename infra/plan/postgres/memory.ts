import type { Fault } from '../../settings/fault.ts';
import { largestFitting } from '../largest-fitting.ts';
import { inBaseUnit } from './parameter-value.ts';

const KIB_PER_MIB = 1_024;
/**
 * Private memory of one backend beside work_mem: catalogue caches, prepared plans. A pooled backend
 * lives long and fills them.
 */
const BACKEND_MIB = 5;
/** Postmaster, WAL and checkpointer processes, shared structures beside shared_buffers. */
const OVERHEAD_MIB = 64;
const AUTOVACUUM_WORKERS = 3;
const STOCK_WORK_MEM_MIB = 4;
const MIN_MAINTENANCE_MIB = 16;
/** A suggestion is a round number. */
const STEP_MIB = 64;

export interface MemoryDemand {
  readonly memoryMiB: number;
  readonly maxConnections: number;
  /** Parameters that the user set, as texts. */
  readonly settings: Readonly<Record<string, string>>;
}

interface MemoryParts {
  readonly sharedBuffersMiB: number;
  readonly workMemMiB: number;
  readonly maintenanceMiB: number;
  readonly connectionsMiB: number;
  readonly neededMiB: number;
}

/**
 * Derives the memory parameters from the container's limit and proves that all connections together
 * stay below it.
 */
export function planMemory(demand: MemoryDemand): {
  readonly settings: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
} {
  const { memoryMiB } = demand;
  const parts = divide(demand);
  const settings = {
    shared_buffers: `${parts.sharedBuffersMiB}MB`,
    effective_cache_size: `${Math.floor((memoryMiB * 3) / 4)}MB`,
    work_mem: `${parts.workMemMiB}MB`,
    maintenance_work_mem: `${parts.maintenanceMiB}MB`,
  };
  return { settings, faults: parts.neededMiB <= memoryMiB ? [] : [refuse(demand, parts)] };
}

/** What each part takes of a limit; what the user did not set is a share of it. */
function divide({ memoryMiB, maxConnections, settings }: MemoryDemand): MemoryParts {
  const sharedBuffersMiB =
    chosenMiB(settings['shared_buffers'], '8kB') ?? Math.floor(memoryMiB / 4);
  const workMemMiB = chosenMiB(settings['work_mem'], 'kB') ?? STOCK_WORK_MEM_MIB;
  const maintenanceMiB =
    chosenMiB(settings['maintenance_work_mem'], 'kB') ??
    Math.max(MIN_MAINTENANCE_MIB, Math.floor(memoryMiB / 32));
  const connectionsMiB = maxConnections * (BACKEND_MIB + workMemMiB);
  const neededMiB = Math.ceil(
    sharedBuffersMiB + connectionsMiB + AUTOVACUUM_WORKERS * maintenanceMiB + OVERHEAD_MIB,
  );
  return { sharedBuffersMiB, workMemMiB, maintenanceMiB, connectionsMiB, neededMiB };
}

function refuse(
  demand: MemoryDemand,
  { sharedBuffersMiB, workMemMiB, maintenanceMiB, connectionsMiB, neededMiB }: MemoryParts,
): Fault {
  const eachMiB = BACKEND_MIB + workMemMiB;
  const fitting = Math.floor((demand.memoryMiB - (neededMiB - connectionsMiB)) / eachMiB);
  const lower = fitting >= 10 ? `Lower postgres.maxConnections to ${fitting}, or raise` : 'Raise';
  return {
    key: 'postgres.memoryMiB',
    got: [
      `${sharedBuffersMiB} MiB shared_buffers`,
      `${demand.maxConnections} connections x ${eachMiB} MiB (${BACKEND_MIB} own + ${workMemMiB} ` +
        'work_mem)',
      `${AUTOVACUUM_WORKERS} x ${maintenanceMiB} MiB maintenance_work_mem`,
      `${OVERHEAD_MIB} MiB = ${neededMiB} MiB, but the container has ${demand.memoryMiB} MiB`,
    ].join(' + '),
    allowed: 'at least what they need together',
    remedy: `${lower} postgres.memoryMiB to ${smallestLimit(demand)}.`,
  };
}

/**
 * The derived shares grow with the limit, but slower than it does, so the smallest one that holds
 * them is found by halving.
 */
function smallestLimit(demand: MemoryDemand): number {
  const isShort = (steps: number): boolean =>
    divide({ ...demand, memoryMiB: steps * STEP_MIB }).neededMiB > steps * STEP_MIB;
  const from = Math.floor(demand.memoryMiB / STEP_MIB);
  let to = from + 1;
  while (isShort(to)) to *= 2;
  return (largestFitting({ from, to }, isShort) + 1) * STEP_MIB;
}

function chosenMiB(text: string | undefined, unit: 'kB' | '8kB'): number | undefined {
  if (text === undefined) return undefined;
  const amount = inBaseUnit(/^\d+$/.test(text) ? Number(text) : text, unit);
  return amount === undefined ? undefined : (amount * (unit === 'kB' ? 1 : 8)) / KIB_PER_MIB;
}
