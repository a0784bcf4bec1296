import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Engine } from './engine.ts';

/** Root of the repository, from which the folders of images are named. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** Bytes of a file that are in memory at a time: the app's image holds a Node of 127 MB. */
const PIECE = 2 ** 20;

/**
 * Returns the SHA-256 of the names and the contents of the Dockerfile and of all that .dockerignore
 * lets in.
 */
export async function hashContext(context: string): Promise<string> {
  const rules = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && line !== '*');
  const admitted = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const left = rules.filter((rule) => !rule.startsWith('!'));
  const below = (file: string, entry: string): boolean =>
    file === entry || file.startsWith(`${entry}/`);
  const hash = createHash('sha256');
  for (const file of readdirSync(context, { recursive: true, encoding: 'utf8' }).sort()) {
    const isPart =
      file === 'Dockerfile' ||
      (admitted.some((entry) => below(file, entry)) && !left.some((entry) => below(file, entry)));
    if (!isPart || !statSync(join(context, file)).isFile()) continue;
    hash.update(`${file}\0`);
    const pieces = createReadStream(join(context, file), { highWaterMark: PIECE });
    for await (const piece of pieces) hash.update(piece as Buffer);
    hash.update('\0');
  }
  return hash.digest('hex');
}

/**
 * Makes what the app's image is built from, for the processor of the engine.
 * @throws {Error} when that fails; why is on stderr.
 */
export async function bundleApp({ cpu }: Engine): Promise<void> {
  const bundler = join(ROOT, 'tools/images/bundle-app.ts');
  const child = spawn(process.execPath, [bundler, '--cpu', cpu], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The app cannot be bundled: ${bundler} ended with ${code}.`);
}
