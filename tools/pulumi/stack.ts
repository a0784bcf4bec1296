import { spawn } from 'node:child_process';
import type { Backend } from './backend.ts';
import { checkout } from '../../toolchain/places.mjs';
import { runProgram } from '../../toolchain/program.ts';

/** What judges every preview and update of ours; below the checkout, as Pulumi shows it. */
export const POLICY_PACK = ['--policy-pack', 'policy'] as const;

/** One stack of this project in the user's backend, and the `pulumi` that acts on it. */
export interface Stack {
  readonly name: string;
  readonly pulumi: string;
  readonly env: NodeJS.ProcessEnv;
  readonly backend: Backend;
}

/** The one secret of a stack, decrypted. */
export async function readRootSecret(stack: Stack): Promise<string> {
  return (await readPulumi(stack, ['config', 'get', 'rootSecret'])).stdout.replace(/\r?\n$/, '');
}

/**
 * Runs pulumi in front of the user and answers with its exit code. `output` is where its stdout
 * goes: stderr leaves ours to data.
 */
export function showPulumi(
  stack: Pick<Stack, 'pulumi' | 'env'>,
  args: readonly string[],
  output: 'stdout' | 'stderr' = 'stdout',
): Promise<number> {
  const child = spawn(stack.pulumi, [...args], {
    cwd: checkout,
    env: stack.env,
    stdio: ['inherit', output === 'stdout' ? 1 : 2, 2],
  });
  // A Ctrl-C of the terminal reaches pulumi itself, which then cancels in order; this process waits
  // for it.
  const wait = (): void => undefined;
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', wait).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', wait).off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}

/** Runs pulumi and answers with what it printed. */
export function readPulumi(
  stack: Stack,
  args: readonly string[],
  scope: 'this stack' | 'any stack' = 'this stack',
) {
  return runProgram(
    stack.pulumi,
    [...args, '--non-interactive', ...(scope === 'this stack' ? ['--stack', stack.name] : [])],
    { cwd: checkout, env: stack.env },
  );
}
