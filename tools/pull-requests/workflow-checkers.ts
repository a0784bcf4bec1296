import { installPackages } from '../../toolchain/debian/debian-packages.ts';
import { buildGoTool } from '../../toolchain/go/go-build.ts';
import { findProgram } from '../../toolchain/program.ts';
import { runSteps, stepThatTells } from '../../toolchain/progress.ts';

/**
 * Absolute paths of programs that judge the workflows of a CI and the shell in them. Neither needs
 * a network.
 */
export interface WorkflowCheckers {
  readonly actionlint: string;
  readonly shellcheck: string;
}

/**
 * What the machine lacks to have them, to be put right by a person; `undefined` when they are there
 * or can be made.
 */
export function findObstacle(): string | undefined {
  if (findProgram('actionlint') === undefined && findProgram('go') === undefined)
    return 'neither actionlint nor Go is on PATH';
  if (findProgram('shellcheck') === undefined && process.getuid?.() !== 0)
    return 'shellcheck is not on PATH, and installing it takes root';
  return undefined;
}

/**
 * Takes those on PATH; builds actionlint and installs shellcheck where there is none, with progress
 * on stderr.
 */
export async function prepareWorkflowCheckers(): Promise<WorkflowCheckers> {
  let actionlint = findProgram('actionlint');
  await runSteps([
    stepThatTells('actionlint', async (report, signal) => {
      actionlint ??= await buildGoTool('actionlint', { report, signal });
    }),
    stepThatTells('shellcheck', async (report) => {
      if (findProgram('shellcheck') === undefined)
        await installPackages({ packages: ['shellcheck'], purpose: 'shellcheck', report });
    }),
  ]);
  const shellcheck = findProgram('shellcheck');
  if (actionlint === undefined || shellcheck === undefined)
    throw new Error('actionlint or shellcheck is missing after it was made.');
  return { actionlint, shellcheck };
}
