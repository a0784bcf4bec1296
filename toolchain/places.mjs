// Where things lie. SPYWATCHER_TOOLS moves the tools directory, for example to share one between
// checkouts.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// import.meta.dirname is younger than Node 20.
const here = dirname(fileURLToPath(import.meta.url));

export const checkout = dirname(here);

/**
 * Absolute path of the folder for everything the set-up makes: Node, Pulumi, providers, logs. Safe
 * to delete.
 */
export function toolsDirectory(env = process.env) {
  const chosen = env.SPYWATCHER_TOOLS ?? '';
  return chosen === '' ? join(checkout, '.tools') : resolve(chosen);
}
