import { createHash } from 'node:crypto';

/**
 * Identifies files by what is in them: a label with it replaces the container that read them, and
 * tells nothing about them.
 */
export function contentHash(files: Readonly<Record<string, string>>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(files).sort()))
    .digest('hex')
    .slice(0, 16);
}
