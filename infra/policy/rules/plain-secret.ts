import { dockerContainer, podOf } from '../containers.ts';
import { isText, listAt, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import type { Subject } from '../subject.ts';

const SECRET_WORD = /(?:^|_)(?:\w*PASSWORD|PASSWD|PASSPHRASE|SECRETS?|TOKENS?|CREDENTIALS?|API_?KEY|(?:ACCESS|PRIVATE|SIGNING|ENCRYPTION)_KEY|\w+_AUTH)(?:_|$)/i;
/** After such a last word a variable says where the secret is, or how it is treated. */
const ABOUT_A_SECRET = /_(?:FILES?|PATH|DIR|DIRECTORY|NAME|ID|USER|TYPE|MODE|ALGORITHM|LENGTH|VERSION|ENABLED|TTL|MS|SECONDS|MINUTES|HOURS|DAYS|LIFETIME)$/i;
const NO_SECRETS: readonly string[] = ['', 'true', 'false', 'on', 'off', 'yes', 'no', 'none'];

/** Each with what it is. */
const SECRET_VALUES: readonly (readonly [RegExp, string])[] = [
  [/[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:[^\s/?#@]+@/i, 'a URL with a password'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/, 'a signed token'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
];

export const plainSecret: ResourceRule = {
  name: 'plain-secret',
  reason: 'The environment of a container is shown by docker inspect and kubectl describe, copied into child processes and crash reports, and stored in the state.',
  check: (subject) =>
    variables(subject).flatMap(({ at, name, value }): Violation[] => {
      const found = findSecret(name, value);
      return found === undefined ? [] : [{ at, got: `${found} (not shown)`, allowed: 'the path of a file', remedy: `Put it into a file that only this container mounts, and name that one: ${name}_FILE.` }];
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
  return [...onDocker, ...inPods];
}

function findSecret(name: string, value: string): string | undefined {
  const byValue = SECRET_VALUES.find(([pattern]) => pattern.test(value))?.[1];
  if (byValue !== undefined) return byValue;
  if (NO_SECRETS.includes(value.toLowerCase()) || ABOUT_A_SECRET.test(name)) return undefined;
  return SECRET_WORD.test(name) ? `${value.length} characters under the name of a secret` : undefined;
}
