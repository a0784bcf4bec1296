import { z } from 'zod';
import { nearestSpelling } from '../../pgbouncer/spelling.ts';
import { type Fault, showValue } from './fault.ts';
import { settingsSchema } from './schema.ts';

/** Zod's issues in our own form: the key, what it got, what is allowed, and a way out. */
export function schemaFaults(raw: unknown, issues: readonly z.core.$ZodIssue[]): Fault[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? unknownKeys(issue) : [wrongValue(raw, issue)],
  );
}

/** The raw settings without what the issues are about. */
export function withoutFaulty(
  raw: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
): Readonly<Record<string, unknown>> {
  const copy = structuredClone(raw);
  for (const issue of issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(-1);
    const parent = valueAt(
      copy,
      issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1),
    );
    for (const key of keys)
      if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, key);
  }
  return copy;
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys): Fault[] {
  const known = Object.keys(shapeAt(issue.path));
  return issue.keys.map((key) => {
    const [group = '', ...rest] = key.split('.');
    if (rest.length > 0 && known.includes(group)) return withoutPath(key, group);
    const nearest = nearestSpelling(key, known);
    return {
      key: [...issue.path, key].join('.'),
      // Its value is not shown: a misspelt rootSecret is a secret all the same.
      got: 'an unknown setting',
      allowed: known.join(', '),
      remedy:
        nearest === undefined
          ? 'Remove it.'
          : `Did you mean ${[...issue.path, nearest].join('.')}?`,
    };
  });
}

/** What `pulumi config set` makes of `app.poolMax` when it is not told that it is a path. */
const withoutPath = (key: string, group: string): Fault => ({
  key,
  got: 'a setting of its own',
  allowed: `a field of ${group}`,
  remedy:
    `Set it with --path: npm run pulumi -- config rm ${key} -s STACK, then ` +
    `npm run pulumi -- config set --path ${key} VALUE -s STACK`,
});

function wrongValue(raw: unknown, issue: z.core.$ZodIssue): Fault {
  const value = valueAt(raw, issue.path);
  const allowed = schemaAt(issue.path)?.description ?? 'a text, a number or true/false';
  return {
    key: issue.path.join('.') || 'settings',
    got: showValue(value),
    allowed,
    remedy: remedyFor(value, allowed),
  };
}

function remedyFor(value: unknown, allowed: string): string {
  if (value === undefined) return 'Set it in the settings file of this stack.';
  const bare = typeof value === 'string' && /^(\d+(\.\d+)?|true|false)$/.test(value);
  if (bare && !allowed.includes('image')) return `Remove the quotes: ${value}.`;
  return 'Set a value in that range, or remove the key to get the default.';
}

function schemaAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  const [last] = path.slice(-1);
  return last === undefined ? settingsSchema : shapeAt(path.slice(0, -1))[String(last)];
}

/** The fields of the map at a path; a map may be wrapped in its default. */
function shapeAt(path: readonly PropertyKey[]): Record<string, z.ZodType> {
  const schema = path.length === 0 ? settingsSchema : schemaAt(path);
  const unwrapped =
    schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return unwrapped instanceof z.ZodObject ? unwrapped.shape : {};
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    raw,
  );
}
