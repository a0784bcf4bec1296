import type { Fault } from '../infra/fault.ts';
import type { PlanReport } from '../infra/plan-report.ts';
import type { TestStack } from './test-stack.ts';

/** What `npm run preview -- STACK --json` printed, and how it ended. Throws when stdout holds anything else. */
export async function readPreview(stack: TestStack): Promise<{ readonly exitCode: number; readonly report: PlanReport & { readonly refused?: readonly Fault[] } }> {
  const { exitCode, stdout, stderr } = await stack.run('preview', '--json');
  try {
    return { exitCode, report: JSON.parse(stdout) as PlanReport };
  } catch (error) {
    throw new Error(`preview --json exited ${exitCode} and printed no JSON:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Names of the containers that the report says are replaced, or deleted, as the engine calls them. */
export function namedContainers(stack: TestStack, names: readonly string[] = []): readonly string[] {
  return names.filter((name) => name.startsWith('Container ')).map((name) => stack.containerName(name.slice('Container '.length))).sort();
}
