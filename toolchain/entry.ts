import { existsSync, realpathSync } from 'node:fs';

/**
 * Whether `file` is the one that node was started with. `import.meta.main` is younger than some
 * Nodes that strip types.
 */
export function isEntry(file: string): boolean {
  const started = process.argv[1]; // no path at all for a program from stdin or from --eval
  return (
    started !== undefined && existsSync(started) && realpathSync(started) === realpathSync(file)
  );
}
