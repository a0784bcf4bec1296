import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { lastLines, tryProgram, type ProgramResult } from '../toolchain/program.ts';
import type { ClusterPlaces } from './places.ts';

/**
 * `kubectl` with its program and options first. Without a folder for what it remembers it would use
 * one in the current directory.
 */
export const kubectlCommand = (
  { binaries, state }: ClusterPlaces,
  kubeconfig: string,
): readonly [string, ...string[]] => [
  join(binaries, 'kubectl'),
  `--kubeconfig=${kubeconfig}`,
  `--cache-dir=${join(state, 'kubectl-cache')}`,
];

/**
 * As the cluster's administrator, from the machine. The environment is left out: a proxy in it, or
 * a kubeconfig, is not meant.
 */
export function tryKubectl(places: ClusterPlaces, args: readonly string[]): Promise<ProgramResult> {
  const [program, ...options] = kubectlCommand(places, places.kubeconfig);
  return tryProgram(program, [...options, ...args], { env: {} });
}

/** Brings the objects to what is given; they are ours alone. */
export function applyObjects(places: ClusterPlaces, objects: readonly object[]): Promise<void> {
  const [program, ...options] = kubectlCommand(places, places.kubeconfig);
  const child = spawn(
    program,
    [...options, 'apply', '--server-side', '--force-conflicts', '--filename', '-'],
    { stdio: ['pipe', 'ignore', 'pipe'], env: {} },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  child.stdin.on('error', () => undefined); // its own words say why it ended early
  child.stdin.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(
            new Error(
              `kubectl apply ended with ${code ?? 'a signal'}.\n${lastLines(complaints, 8)}`,
            ),
          ),
    );
  });
}

/** The cluster's own pods, and the last words of those that are not ready. */
export async function describePods(places: ClusterPlaces): Promise<string> {
  const inSystem = (...args: string[]): Promise<ProgramResult> =>
    tryKubectl(places, ['--namespace=kube-system', '--request-timeout=5s', ...args]);
  const { stdout, stderr } = await inSystem('get', 'pods');
  const failing = [...stdout.matchAll(/^(\S+) +0\//gm)].map(([, pod = '']) => pod);
  const words = await Promise.all(
    failing.map(
      async (pod) =>
        `Last lines of ${pod}:\n${lastLines((await inSystem('logs', pod, '--tail=5')).stdout, 5)}`,
    ),
  );
  return [stdout, stderr, ...words]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('\n');
}
