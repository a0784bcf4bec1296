import type { Fault } from '../../infra/settings/fault.ts';
import type { PlanReport } from '../../infra/report/plan-report.ts';
import type { TestStack } from '../test-stack.ts';

/**
 * What `npm run preview -- STACK --json` printed, and how it ended. Throws when stdout holds
 * anything else, and when the engine failed.
 */
export async function readPreview(stack: TestStack): Promise<{
  readonly exitCode: number;
  readonly report: PlanReport & { readonly refused?: readonly Fault[] };
}> {
  const { exitCode, stdout, stderr } = await stack.run('preview', '--json');
  const report = parseReport(stdout);
  if (report === undefined)
    throw new Error(`preview --json exited ${exitCode} and printed no JSON:\n${stdout}\n${stderr}`);
  if (report.failures !== undefined)
    throw new Error(`preview --json exited ${exitCode}:\n${report.failures.join('\n')}`);
  return { exitCode, report };
}

function parseReport(text: string): PlanReport | undefined {
  try {
    return JSON.parse(text) as PlanReport;
  } catch {
    return undefined;
  }
}

/**
 * Names of the containers that the report says are replaced, or deleted, as the engine calls them.
 */
export function namedContainers(
  stack: TestStack,
  names: readonly string[] = [],
): readonly string[] {
  return names
    .filter((name) => name.startsWith('Container '))
    .map((name) => stack.containerName(name.slice('Container '.length)))
    .sort();
}
