import type { Settings } from '../../infra/settings/settings.ts';
import { namespaceName } from '../../infra/plan/kubernetes-names.ts';

/**
 * How a person's `kubectl` begins that is to find an environment: in its namespace, and in its
 * cluster where the settings name one.
 */
export function kubectlHint({
  environment,
  kubernetes: { context },
}: Pick<Settings, 'environment' | 'kubernetes'>): string {
  return [
    'kubectl',
    ...(context === undefined ? [] : ['--context', quote(context)]),
    '-n',
    namespaceName(environment),
  ].join(' ');
}

/** For a shell; a context may have any name. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
