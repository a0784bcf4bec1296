import { wordsOf } from './props.ts';

/**
 * Words in a name, with a space between them: `aws secret access key` of
 * AWS_SECRET_ACCESS_KEY, `client secret` of clientSecret.
 */
const SECRET_WORDS = new RegExp(
  [
    '(?:passwords?|passwd|passphrase|secrets?|tokens?|credentials?|apikey',
    '\\b(?:api|access|private|signing|encryption|master|session|jwt|hmac|aes) key)\\b',
    '\\bpass$',
    '. (?:pwd|auth)$',
  ].join('|'),
);
/** Last words after which a variable says where the secret is, or how it is treated. */
const ABOUT_A_SECRET = new RegExp(
  ` (?:${[
    'files?|path|dir|directory|sock|ur[il]|endpoint|host|port|store|provider|backend',
    'name|id|user|type|mode|method|algorithm|encryption|policy|format|prefix|header',
    'issuer|audience|scopes?|length|size|count|limit|version|enabled|required',
    'ttl|expiry|expiration|interval|timeout|ms|seconds|minutes|hours|days|lifetime',
  ].join('|')})$`,
);
const NO_SECRETS: readonly string[] = [
  '',
  '0',
  '1',
  'true',
  'false',
  'on',
  'off',
  'yes',
  'no',
  'none',
];
/** How many of them a model may read or write. */
const COUNTS_TOKENS = /\btokens$/;
/** What the kubelet, or a shell in the image, fills in from another variable. */
const REFERENCE = /^\$(?:\(\w+\)|\{\w+\})$/;

/** Patterns of secret values, each with what it finds. */
const SECRET_VALUES: readonly (readonly [RegExp, string])[] = [
  [
    /[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:(?!\$(?:\(\w+\)|\{\w+\})@)[^\s/?#@]+@/i,
    'a URL with a password',
  ],
  [
    /(?:^|[?&;\s])(?:ssl)?(?:password|passwd|pwd)\s*=\s*[^\s&;$%{<]/i,
    'a connection string with a password',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/, 'a signed token'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
  [/\b(?:gh[oprsu]_[A-Za-z0-9]{36}|github_pat_\w{22}|glpat-[\w-]{20})/, 'an access token'],
  [/\b(?:xox[abprs]-[\w-]{10}|[rs]k_live_\w{16})/, 'an access token'],
];

/**
 * Finds a secret in a variable that everyone may read.
 * @returns what it is, without the value.
 */
export function findSecret(name: string, value: string): string | undefined {
  const byValue = SECRET_VALUES.find(([pattern]) => pattern.test(value))?.[1];
  if (byValue !== undefined) return byValue;
  const words = wordsOf(name).join(' ');
  if (
    NO_SECRETS.includes(value.toLowerCase()) ||
    REFERENCE.test(value) ||
    ABOUT_A_SECRET.test(words)
  )
    return undefined;
  if (COUNTS_TOKENS.test(words) && /^\d+$/.test(value)) return undefined;
  return SECRET_WORDS.test(words)
    ? `${value.length} characters under the name of a secret`
    : undefined;
}
