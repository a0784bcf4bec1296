import { join } from 'node:path';
import { checkout, toolsDirectory } from '../places.mjs';
import { buildGoModule, type GoBuild } from './go-module.ts';

/** How one program is built from a Go module of this repository. */
export type GoRecipe = Omit<GoBuild, 'module' | 'output' | 'report' | 'signal'> & {
  /** Folder of its go.mod, from the repository's root. */
  readonly module: string;
  /** Folder of its binary, below the tools directory. */
  readonly folder: string;
};

export interface BuildOptions {
  readonly report: (line: string) => void;
  /** Ends the build; it then counts as failed. */
  readonly signal?: AbortSignal;
}

/**
 * Builds a program with the user's own Go and its caches, unless it is up to date.
 * @returns the binary's absolute path in the tools directory.
 * @throws {Error} with what to do when Go is missing or too old, and with the compiler's last
 *   words when a build fails.
 */
export function buildRecipe(
  name: string,
  { module, folder, ...recipe }: GoRecipe,
  { report, signal }: BuildOptions,
): Promise<string> {
  return buildGoModule({
    ...recipe,
    module: join(checkout, module),
    output: join(toolsDirectory(), folder, name),
    report,
    ...(signal && { signal }),
  });
}
