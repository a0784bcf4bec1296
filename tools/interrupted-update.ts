import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT } from '../infra/targets/docker/naming.ts';
import { listContainers } from './environment-containers.ts';
import { runProgram } from './program.ts';
import { readPulumi, showPulumi, type Stack } from './stack.ts';

/** What a file backend writes into its lock. */
interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

interface ExportedState {
  readonly deployment?: {
    readonly pending_operations?: readonly unknown[];
    readonly resources?: readonly { readonly id?: string; readonly type: string }[];
  };
}

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

/**
 * Brings a stack back to where an update can start, after one was killed: a lock whose holder is gone is removed, objects
 * that it made without the state knowing are removed (never a volume), and the state is compared with the engine.
 * @throws {Error} when another update lives, or may live on another machine.
 */
export async function recoverInterruptedUpdate(stack: Stack): Promise<void> {
  const wasLocked = await clearDeadLock(stack);
  const { deployment } = JSON.parse((await readPulumi(stack, ['stack', 'export'])).stdout) as ExportedState;
  const wasPending = (deployment?.pending_operations ?? []).length > 0;
  if (!wasLocked && !wasPending) return;
  say(`An earlier update of ${stack.name} was interrupted: comparing the state with what is really there.`);
  await removeUnknown(stack, new Set((deployment?.resources ?? []).flatMap(({ id }) => id ?? [])));
  const code = await showPulumi(stack, ['refresh', '--stack', stack.name, '--yes', '--skip-preview', '--clear-pending-creates', '--suppress-outputs']);
  if (code !== 0) throw new Error(`pulumi refresh ended with ${code}. Look at its last lines, then run the same command again.`);
}

async function clearDeadLock(stack: Stack): Promise<boolean> {
  const locks = readLocks(stack);
  for (const { pid, username, hostname: host, timestamp } of locks) {
    const since = `since ${timestamp}, by ${username} on ${host}, process ${pid}`;
    if (host !== hostname()) throw new Error(`Another update of ${stack.name} holds its lock (${since}). If it is surely dead: npm run pulumi -- cancel ${stack.name}`);
    if (isAlive(pid)) throw new Error(`Another update of ${stack.name} is running (${since}). Wait for it, or stop it with Ctrl-C where it runs.`);
  }
  if (locks.length === 0) return false;
  say(`Removing the lock of an update of ${stack.name} whose process is gone.`);
  await runProgram(stack.pulumi, ['cancel', stack.name, '--yes', '--non-interactive'], { env: stack.env });
  return true;
}

/** Only file backends have locks that can be read; the others end theirs by themselves. */
function readLocks({ name, backend }: Stack): readonly Lock[] {
  if (!backend.url.startsWith('file://')) return [];
  const folder = join(fileURLToPath(backend.url.replace('file://~', `file://${process.env['HOME'] ?? ''}`)), '.pulumi', 'locks', 'organization', PROJECT, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Lock);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Containers and networks carry the stack's label; those that the state lacks would be in the way by their names. */
async function removeUnknown({ name, env }: Stack, known: ReadonlySet<string>): Promise<void> {
  for (const container of await listContainers(name, env)) {
    if (known.has(container.id)) continue;
    say(`Removing the container ${container.name}, which the interrupted update made.`);
    await runProgram('docker', ['stop', container.id], { env });
    await runProgram('docker', ['rm', container.id], { env });
  }
  const filters = ['--filter', `label=project=${PROJECT}`, '--filter', `label=stack=${name}`];
  const networks = (await runProgram('docker', ['network', 'ls', '--quiet', '--no-trunc', ...filters], { env })).stdout.split('\n').filter((id) => id !== '');
  for (const id of networks.filter((network) => !known.has(network))) {
    say(`Removing the network ${id.slice(0, 12)}, which the interrupted update made.`);
    await runProgram('docker', ['network', 'rm', id], { env });
  }
}
