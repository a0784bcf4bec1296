import type { Fault } from './fault.ts';

/** Settings that are encrypted in the file, and no part of what is checked, shown and planned. */
export const SECRET_SETTINGS = ['rootSecret', 'postgresAdminPassword'] as const;

const MIN_ROOT_SECRET_CHARACTERS = 32;

/** Checks the root secret's length, which is all that a message shows of it. */
export function checkRootSecret(rootSecret: string): Fault[] {
  if (rootSecret.length >= MIN_ROOT_SECRET_CHARACTERS) return [];
  return [
    {
      key: 'rootSecret',
      got: `${rootSecret.length} characters`,
      allowed: `at least ${MIN_ROOT_SECRET_CHARACTERS} characters`,
      remedy: 'Set one: openssl rand -hex 32 | pulumi config set --secret rootSecret',
    },
  ];
}
