import type { Fault } from './fault.ts';

/** Tokens that admins authenticate with, the newest first. */
export interface AdminTokens {
  readonly accepted: readonly [newest: string, ...earlier: string[]];
}

const MAX_TOKENS = 2;
/** 32 characters of base64url are 192 random bits. */
const TOKEN = /^[\x21-\x7e]{32,200}$/;
const ALLOWED =
  'one token, or two during a rotation, each on a line of its own: ' +
  '32 to 200 visible ASCII characters';

/**
 * Reads tokens that stand apart by white space, or their faults. No part of a token is ever echoed.
 */
export function readAdminTokens(key: string, text: string): AdminTokens | readonly Fault[] {
  const [newest, ...earlier] = text.split(/\s+/).filter((token) => token !== '');
  const fault = (got: string): readonly Fault[] => [
    { key, got, allowed: ALLOWED, remedy: 'Make one with: openssl rand -hex 32' },
  ];
  if (newest === undefined) return fault('no token');
  if (earlier.length >= MAX_TOKENS) return fault(`${earlier.length + 1} tokens`);
  if (![newest, ...earlier].every((token) => TOKEN.test(token)))
    return fault('a token that is too short, or holds something else');
  return { accepted: [newest, ...earlier] };
}
