import { join } from 'node:path';
import { buildGoTool } from '../go/go-build.ts';
import { toolsDirectory } from '../places.mjs';
import { runSteps, stepThatTells } from '../progress.ts';
import { installPythonPrograms } from './python-programs.ts';

/**
 * Absolute paths of programs that judge Kubernetes objects in files. None of them needs a network.
 */
export interface StaticCheckers {
  readonly kubernetesValidate: string;
  readonly kubeScore: string;
  readonly checkov: string;
}

/** Builds and installs what is missing, with progress on stderr. */
export async function prepareStaticCheckers(): Promise<StaticCheckers> {
  let kubeScore = '';
  let programs = '';
  await runSteps([
    stepThatTells('kube-score', async (report, signal) => {
      kubeScore = await buildGoTool('kube-score', { report, signal });
    }),
    stepThatTells('kubernetes-validate and checkov', async (report) => {
      programs = await installPythonPrograms(toolsDirectory(), report);
    }),
  ]);
  return {
    kubeScore,
    kubernetesValidate: join(programs, 'kubernetes-validate'),
    checkov: join(programs, 'checkov'),
  };
}
