import { dockerContainer, ownKubernetesKind, podOf } from '../containers.ts';
import { isText, listAt, mapAt, valueAt, wordsOf } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import type { Subject } from '../subject.ts';

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

export const plainSecret: ResourceRule = {
  name: 'plain-secret',
  reason:
    'The environment of a container is shown by docker inspect and kubectl describe, copied into ' +
    'child processes and crash reports, and stored in the state.',
  check: (subject) =>
    variables(subject).flatMap(({ at, name, value }): Violation[] => {
      const found = findSecret(name, value);
      if (found === undefined) return [];
      const got = `${found} (not shown)`;
      if (at.startsWith('data '))
        return [
          {
            at,
            got,
            allowed: 'what everyone may read',
            remedy: 'Put it into a Secret, and let the container mount that as a file.',
          },
        ];
      return [
        {
          at,
          got,
          allowed: 'the path of a file',
          remedy:
            'Put it into a file that only this container mounts, and name that one: ' +
            `${name}_FILE.`,
        },
      ];
    }),
};

interface Variable {
  readonly at: string;
  readonly name: string;
  readonly value: string;
}

function variables(subject: Subject): Variable[] {
  const onDocker = listAt(dockerContainer(subject), 'envs').flatMap((entry): Variable[] => {
    const [, name, value] = isText(entry) ? (/^([^=]*)=(.*)$/s.exec(entry) ?? []) : [];
    return name === undefined || value === undefined ? [] : [{ at: `envs ${name}`, name, value }];
  });
  const inPods = (podOf(subject)?.containers ?? []).flatMap(({ at, props }) =>
    listAt(props, 'env').flatMap((entry): Variable[] => {
      const [name, value] = [valueAt(entry, 'name'), valueAt(entry, 'value')];
      return isText(name) && isText(value) ? [{ at: `${at}.env ${name}`, name, value }] : [];
    }),
  );
  return [...onDocker, ...inPods, ...ofConfigMap(subject)];
}

/** What `envFrom` makes variables of; other keys are files. */
function ofConfigMap(subject: Subject): Variable[] {
  if (ownKubernetesKind(subject) !== 'ConfigMap') return [];
  return Object.entries(mapAt(subject.props, 'data')).flatMap(([name, value]) =>
    isText(value) && /^[A-Z][A-Z0-9_]*$/.test(name) ? [{ at: `data ${name}`, name, value }] : [],
  );
}

function findSecret(name: string, value: string): string | undefined {
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
