import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AdminTokens } from '../../environment/admin-tokens.ts';

/**
 * Sessions of browsers: `<expires>.<nonce>.<hmac>`, signed with a key derived from the token that
 * was shown at sign-in. Nothing is stored, so every instance accepts them, and they end when that
 * token is no longer accepted. Signing out makes the browser forget its session; a stolen one holds
 * until it expires or the token goes.
 */
export interface Sessions {
  /** The value of the cookie. */
  issue(token: string): string;
  isValid(value: string): boolean;
}

export const SESSION_SECONDS = 8 * 60 * 60;

const SESSION = /^(?<expires>\d{1,12})\.[\w-]{22}\.(?<signature>[\w-]{43})$/;
const NONCE_BYTES = 16;

export function createSessions({ accepted }: AdminTokens): Sessions {
  const keys = accepted.map(keyOf);
  return {
    issue(token) {
      const nonce = randomBytes(NONCE_BYTES).toString('base64url');
      const signed = `${nowSeconds() + SESSION_SECONDS}.${nonce}`;
      return `${signed}.${sign(keyOf(token), signed).toString('base64url')}`;
    },
    isValid(value) {
      const { expires, signature } = SESSION.exec(value)?.groups ?? {};
      if (expires === undefined || signature === undefined) return false;
      const signed = value.slice(0, -signature.length - 1);
      const given = Buffer.from(signature, 'base64url');
      let isSigned = false;
      for (const key of keys) if (timingSafeEqual(sign(key, signed), given)) isSigned = true;
      return isSigned && Number(expires) > nowSeconds();
    },
  };
}

/** Derives a key, so that a signature discloses nothing about the token. */
function keyOf(token: string): Buffer {
  return createHmac('sha256', token).update('admin session').digest();
}

function sign(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
