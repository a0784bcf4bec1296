import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { renderFaults } from '../../infra/settings/fault.ts';
import { checkRootSecret } from '../../infra/settings/secret-settings.ts';
import { type Backend, readBackend } from './backend.ts';
import { CallError } from '../call.ts';
import { refuseLostSecret } from './lost-secret.ts';
import { checkout } from '../../toolchain/places.mjs';
import type { PulumiTool } from '../../toolchain/prepare-tools.ts';
import { runProgram } from '../../toolchain/program.ts';
import type { StackFile } from './stack-file.ts';

/** What judges every preview and update of ours; below the checkout, as Pulumi shows it. */
export const POLICY_PACK = ['--policy-pack', 'policy'] as const;

/** One stack of this project in the user's backend, and the `pulumi` that acts on it. */
export interface Stack {
  readonly name: string;
  readonly pulumi: string;
  readonly env: NodeJS.ProcessEnv;
  readonly backend: Backend;
}

/** Makes the stack in the backend when it is not there yet. */
export async function openStack(name: string, { pulumi, env }: PulumiTool): Promise<Stack> {
  const backend = readBackend();
  const stack: Stack = { name, pulumi, env: { ...env, ...backend.env }, backend };
  const known = JSON.parse(
    (await readPulumi(stack, ['stack', 'ls', '--json'], 'any stack')).stdout,
  ) as { name: string }[];
  if (!known.some((entry) => entry.name === name || entry.name.endsWith(`/${name}`))) {
    await readPulumi(stack, ['stack', 'init', name, '--no-select'], 'any stack');
    process.stderr.write(`Created the stack ${name} in ${backend.url}\n`);
  }
  return stack;
}

/**
 * Sets a random root secret where there is none, encrypted, and says so.
 * @throws {CallError} when there is one that could be guessed, or when a new one would be lost.
 */
export async function ensureRootSecret(stack: Stack, file: StackFile): Promise<void> {
  if (file.hasRootSecret) return refuseShortSecret(stack);
  refuseLostSecret(stack.name, stack.backend, process.env);
  const secret = randomBytes(32).toString('hex');
  const child = spawn(
    stack.pulumi,
    ['config', 'set', '--secret', 'rootSecret', '--stack', stack.name, '--non-interactive'],
    {
      cwd: checkout,
      env: stack.env,
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  child.stdin.end(secret);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0)
    throw new Error(`pulumi config set --secret rootSecret ended with ${code ?? 'a signal'}.`);
  process.stderr.write(
    `Set a new random spywatcher:rootSecret, encrypted, in Pulumi.${stack.name}.yaml (pulumi config set --secret). Keep that file.\n`,
  );
}

/** The one secret of a stack, decrypted. */
export async function readRootSecret(stack: Stack): Promise<string> {
  return (await readPulumi(stack, ['config', 'get', 'rootSecret'])).stdout.replace(/\r?\n$/, '');
}

async function refuseShortSecret(stack: Stack): Promise<void> {
  const faults = checkRootSecret(await readRootSecret(stack));
  if (faults.length > 0) throw new CallError(renderFaults(faults));
}

/** Runs pulumi in front of the user and answers with its exit code. `output` is where its stdout goes: stderr leaves ours to data. */
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
  // A Ctrl-C of the terminal reaches pulumi itself, which then cancels in order; this process waits for it.
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
