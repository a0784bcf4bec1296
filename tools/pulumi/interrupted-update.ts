import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { PROJECT } from '../../infra/settings/standard-names.ts';
import { listContainers } from '../environment/environment-containers.ts';
import { isAlive } from '../../toolchain/lock.mjs';
import { checkout } from '../../toolchain/places.mjs';
import { runProgram } from '../../toolchain/program.ts';
import { showPulumi, type Stack } from './stack.ts';
import { readStackState, type StackState } from './stack-state.ts';

/** What a file backend writes into its lock. */
interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

/**
 * Brings a stack back to where an update can start, after one was killed: a lock whose holder is
 * gone is removed, objects that it was making without the state knowing are removed (never a
 * volume), and the state is compared with the engine.
 * @param latest state of the stack, where it was read just now; read here when absent.
 * @throws {Error} when another update lives, or may live on another machine.
 */
export async function recoverInterruptedUpdate(
  stack: Stack,
  target: 'docker' | 'kubernetes',
  latest?: StackState,
): Promise<void> {
  const wasLocked = await clearDeadLock(stack);
  const state = wasLocked || latest === undefined ? await readStackState(stack) : latest;
  if (!wasLocked && !state.isInterrupted) return;
  say(
    `An earlier update of ${stack.name} was interrupted: comparing the state with what is ` +
      'really there.',
  );
  // Containers and networks alone are found by their labels; in a cluster it is left to the
  // refresh.
  if (target === 'docker') await removeHalfMade(stack, state);
  const code = await showPulumi(stack, [
    'refresh',
    '--stack',
    stack.name,
    '--yes',
    '--skip-preview',
    '--clear-pending-creates',
    '--suppress-outputs',
  ]);
  if (code !== 0)
    throw new Error(
      `pulumi refresh ended with ${code}. Look at its last lines, then run the same command again.`,
    );
}

async function clearDeadLock(stack: Stack): Promise<boolean> {
  const locks = readLocks(stack);
  for (const { pid, username, hostname: host, timestamp } of locks) {
    const since = `since ${timestamp}, by ${username} on ${host}, process ${pid}`;
    if (host !== hostname())
      throw new Error(
        `Another update of ${stack.name} holds its lock (${since}). If it is surely dead: ` +
          `npm run pulumi -- cancel ${stack.name}`,
      );
    if (isAlive(pid))
      throw new Error(
        `Another update of ${stack.name} is running (${since}). Wait for it, or stop it with ` +
          'Ctrl-C where it runs.',
      );
  }
  if (locks.length === 0) return false;
  say(`Removing the lock of an update of ${stack.name} whose process is gone.`);
  await runProgram(stack.pulumi, ['cancel', stack.name, '--yes', '--non-interactive'], {
    cwd: checkout,
    env: stack.env,
  });
  return true;
}

/** Only file backends have locks that can be read; the others end theirs by themselves. */
function readLocks({ name, backend }: Stack): readonly Lock[] {
  if (!backend.url.startsWith('file://')) return [];
  const folder = join(folderOf(backend.url), '.pulumi', 'locks', 'organization', PROJECT, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Lock);
}

/** Pulumi takes `file://~` for the home and `file://./state` for a folder beside Pulumi.yaml. */
function folderOf(url: string): string {
  const path = url.slice('file://'.length).split('?', 1)[0] ?? '';
  return resolve(checkout, path.replace(/^~(?=\/|$)/, homedir()));
}

/**
 * Only what was being made when the update ended, by name: the same name in the state or of another
 * backend is left alone.
 */
async function removeHalfMade(
  { name, env }: Stack,
  { ids, namesBeingMade }: StackState,
): Promise<void> {
  for (const container of await listContainers(name, env)) {
    if (ids.has(container.id) || !namesBeingMade.has(container.name)) continue;
    say(`Removing the container ${container.name}, which the interrupted update was making.`);
    await runProgram('docker', ['stop', container.id], { env });
    await runProgram('docker', ['rm', container.id], { env });
  }
  const filters = ['--filter', `label=project=${PROJECT}`, '--filter', `label=stack=${name}`];
  const { stdout } = await runProgram(
    'docker',
    ['network', 'ls', '--no-trunc', ...filters, '--format', '{{.ID}} {{.Name}}'],
    { env },
  );
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const [id = '', network = ''] = line.split(' ');
    if (ids.has(id) || !namesBeingMade.has(network)) continue;
    say(`Removing the network ${network}, which the interrupted update was making.`);
    await runProgram('docker', ['network', 'rm', id], { env });
  }
}
