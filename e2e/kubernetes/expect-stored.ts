import { expect } from '@jest/globals';
import type { ClusterStack } from './cluster-stack.ts';
import type { LoadSummary } from './load-summary.ts';

/** Each write that was acknowledged is a row of the server, and no two are the same one. */
export async function expectStored(
  stack: ClusterStack,
  { requests, written }: LoadSummary,
): Promise<void> {
  expect(written.length).toBeGreaterThan(requests / 10);
  expect(new Set(written).size).toBe(written.length);
  const stored = new Set((await stack.psql('select id from presence_event')).split('\n'));
  expect(written.filter((id) => !stored.has(id))).toEqual([]);
}
