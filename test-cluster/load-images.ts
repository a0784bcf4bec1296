import { spawn } from 'node:child_process';
import { lastLines } from '../toolchain/program.ts';
import { ctrCommand, hasImage } from './container-runtime.ts';
import { findNode } from './node-namespaces.ts';
import { clusterPlaces } from './places.ts';

/**
 * Copies images from the Docker Engine into the running cluster, under the references that pods
 * name; those that are there already are left alone. `env` reaches the engine that has them.
 */
export async function loadImages(
  references: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<'ready' | 'done'> {
  const node = findNode(clusterPlaces());
  if (node === undefined)
    throw new Error('The cluster does not run. Start it with `npm run cluster -- up`.');
  const there = await Promise.all(references.map((reference) => hasImage(node, reference)));
  const missing = references.filter((_, index) => there[index] !== true);
  if (missing.length === 0) return 'ready';
  const [enter, ...args] = ctrCommand(node, ['images', 'import', '-']);
  // In one archive, so that the layers which they share go over once.
  await pipe(
    { program: 'docker', args: ['save', ...missing], env },
    { program: enter, args, env: process.env },
  );
  return 'done';
}

interface End {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

async function pipe(source: End, target: End): Promise<void> {
  const from = spawn(source.program, source.args, {
    env: source.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const to = spawn(target.program, target.args, {
    env: target.env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  // The target's own words say why it ended early.
  from.stdout.pipe(to.stdin).on('error', () => undefined);
  const ends = [
    { child: from, end: source },
    { child: to, end: target },
  ].map(({ child, end }) => {
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
    return new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0
          ? resolve()
          : reject(
              new Error(
                `\`${[end.program, ...end.args].join(' ')}\` ended with ` +
                  `${code ?? 'a signal'}.\n` +
                  `${lastLines(complaints, 6)}`,
              ),
            ),
      );
    });
  });
  const [failure] = (await Promise.allSettled(ends)).filter(
    (result) => result.status === 'rejected',
  );
  if (failure !== undefined) throw failure.reason;
}
