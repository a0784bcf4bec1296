import type { Settings } from '../settings/settings.ts';

/** V8 rounds up to a power of two; beyond this, less is gained than the memory is worth. */
const MAX_SEMI_SPACE_MIB = 64;

/**
 * Options of the app's Node that suit its container. V8 takes the size of the heap from the memory
 * limit, but keeps so small a space for new objects in a small container that a busy app collects
 * garbage for a sixth of its time. The space takes up to three times this size.
 * @returns what the variable NODE_OPTIONS holds.
 */
export function nodeOptions({ memoryMiB }: Settings['app']): string {
  const semiSpaceMiB = Math.min(MAX_SEMI_SPACE_MIB, 2 ** Math.floor(Math.log2(memoryMiB / 16)));
  return `--max-semi-space-size=${semiSpaceMiB}`;
}
