import type { Backend } from './backend.ts';
import { CallError } from '../call.ts';

/**
 * A secret that a CI makes is lost with its checkout, while the backend keeps the environment that
 * was made with it.
 * @throws {CallError} with how to make one that stays.
 */
export function refuseLostSecret(
  stack: string,
  { chosenBy }: Pick<Backend, 'chosenBy'>,
  env: NodeJS.ProcessEnv,
): void {
  const isCi = (env.CI ?? '') !== '' && env.CI !== 'false';
  if (!isCi || chosenBy === 'default') return;
  throw new CallError(
    [
      `Pulumi.${stack}.yaml has no spywatcher:rootSecret, and one that is made in a CI is ` +
        'lost with its checkout: nobody could log in to the data any more.',
      `Make it once, on your machine with the same backend, and commit Pulumi.${stack}.yaml, ` +
        'where it stands encrypted:',
      '  openssl rand -hex 32 | npm run --silent pulumi -- config set --secret rootSecret -s ' +
        `${stack}`,
    ].join('\n'),
  );
}
