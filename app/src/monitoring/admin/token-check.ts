import { createHash, timingSafeEqual } from 'node:crypto';
import type { AdminTokens } from '../../environment/admin-tokens.ts';

/** Returns the accepted token that was presented, or undefined. */
export type TokenCheck = (presented: string) => string | undefined;

/** Compares in constant time: always all tokens, by digests of one length. */
export function createTokenCheck({ accepted }: AdminTokens): TokenCheck {
  const known = accepted.map((token) => ({ token, digest: digestOf(token) }));
  return (presented) => {
    const digest = digestOf(presented);
    let found: string | undefined;
    for (const candidate of known)
      if (timingSafeEqual(candidate.digest, digest)) found = candidate.token;
    return found;
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
