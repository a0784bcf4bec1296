import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { checkRootSecret } from '../../infra/settings/secret-settings.ts';
import { checkout } from '../../toolchain/places.mjs';
import type { PulumiTool } from '../../toolchain/prepare-tools.ts';
import { readBackend } from './backend.ts';
import { refuseLostSecret } from './lost-secret.ts';
import { readPulumi, readRootSecret, type Stack } from './stack.ts';
import { refuse, type StackFile } from './stack-file.ts';
import { readStackState, type StackState } from './stack-state.ts';

interface OpenStack {
  readonly stack: Stack;
  /** As it was when the stack was opened. */
  readonly state: StackState;
}

/**
 * Opens a stack of this project in the user's backend and reads its state; makes the stack where
 * the backend does not know it.
 * @throws {Error} with Pulumi's words when the backend or the state cannot be read.
 */
export async function openStack(name: string, tool: PulumiTool): Promise<OpenStack> {
  const stack = stackOf(name, tool);
  return { stack, state: await readOrMake(stack) };
}

/**
 * Opens a stack that is going to be deployed, and sees to its root secret: a random one is set,
 * encrypted, where there is none. State and secret are read side by side.
 * @throws {CallError} when the secret could be guessed, or when a new one would be lost.
 */
export async function openDeployableStack(
  name: string,
  tool: PulumiTool,
  file: StackFile,
): Promise<OpenStack> {
  const stack = stackOf(name, tool);
  // Fails where the stack has yet to be made; it is then read again, and its error counts.
  const early = file.hasRootSecret
    ? readRootSecret(stack).catch(() => undefined)
    : Promise.resolve(undefined);
  const state = await readOrMake(stack);
  if (file.hasRootSecret) refuse(checkRootSecret((await early) ?? (await readRootSecret(stack))));
  else await makeRootSecret(stack);
  return { stack, state };
}

function stackOf(name: string, { pulumi, env }: PulumiTool): Stack {
  const backend = readBackend();
  return { name, pulumi, env: { ...env, ...backend.env }, backend };
}

/** Asks which stacks there are only when the state of this one cannot be read: a process less. */
async function readOrMake(stack: Stack): Promise<StackState> {
  try {
    return await readStackState(stack);
  } catch (error) {
    if (await isKnown(stack)) throw error;
  }
  await readPulumi(stack, ['stack', 'init', stack.name, '--no-select'], 'any stack');
  process.stderr.write(`Created the stack ${stack.name} in ${stack.backend.url}\n`);
  return readStackState(stack);
}

async function isKnown(stack: Stack): Promise<boolean> {
  const { stdout } = await readPulumi(stack, ['stack', 'ls', '--json'], 'any stack');
  const known = JSON.parse(stdout) as readonly { readonly name: string }[];
  return known.some(({ name }) => name === stack.name || name.endsWith(`/${stack.name}`));
}

async function makeRootSecret(stack: Stack): Promise<void> {
  refuseLostSecret(stack.name, stack.backend, process.env);
  const child = spawn(
    stack.pulumi,
    ['config', 'set', '--secret', 'rootSecret', '--stack', stack.name, '--non-interactive'],
    { cwd: checkout, env: stack.env, stdio: ['pipe', 'ignore', 'inherit'] },
  );
  child.stdin.end(randomBytes(32).toString('hex'));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0)
    throw new Error(`pulumi config set --secret rootSecret ended with ${code ?? 'a signal'}.`);
  process.stderr.write(
    'Set a new random spywatcher:rootSecret, encrypted, in ' +
      `Pulumi.${stack.name}.yaml (pulumi config set --secret). Keep that file.\n`,
  );
}
