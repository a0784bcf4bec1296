import { openTestStack } from '../../../e2e/test-stack.ts';
import type { Bench, Measured } from '../../bench.ts';
import { benchFirstRow } from './first-row.ts';
import { benchNoChange } from './no-change.ts';

/**
 * Measures the commands themselves on an environment of their own: `up` beside docker-compose,
 * `preview` beside ts-node.
 */
export async function benchCommands({ report, signal }: Bench): Promise<Measured> {
  const stack = await openTestStack('bench');
  try {
    const firstRow = await benchFirstRow({ stack, report, signal });
    return { figures: [...firstRow, ...(await benchNoChange({ stack, report, signal }))] };
  } finally {
    await stack.close();
  }
}
