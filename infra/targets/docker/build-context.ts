import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the SHA-256 of the names and the contents of the Dockerfile and of all that .dockerignore
 * lets in.
 */
export function hashContext(context: string): string {
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
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(context, file)))
      .update('\0');
  }
  return hash.digest('hex');
}
