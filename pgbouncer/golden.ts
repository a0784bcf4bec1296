import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The golden file's text; with GOLDEN=write in the environment (`npm run golden`) `text` replaces it first. */
export function goldenText(name: string, text: string): string {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, text);
  return readFileSync(path, 'utf8');
}
