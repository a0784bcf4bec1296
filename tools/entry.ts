import { realpathSync } from 'node:fs';

/** Whether this file is the one that node was started with. `import.meta.main` is younger than the Nodes that run us. */
export function isEntry(file: string): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(file);
}
