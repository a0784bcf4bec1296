import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** The key that marks a special value on the wire between a program and the engine. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
/** The value of that key which marks a secret. */
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/**
 * Turns properties as they are on the wire into what a person can read and what is the same on
 * every machine: keys are sorted, and the contents of secrets and the path of the repository are
 * replaced. A secret map keeps its keys.
 */
export function readable(value: unknown): unknown {
  return eachText(value, (text) => text.replaceAll(ROOT, '<root>'));
}

function eachText(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((inner) => eachText(inner, replace));
  if (value === null || typeof value !== 'object') return value;
  const properties = value as Properties;
  if (properties[SIGNATURE] === SECRET) return eachText(properties['value'], () => '(secret)');
  const entries = Object.entries(properties).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, eachText(inner, replace)]));
}

type Properties = Readonly<Record<string, unknown>>;

interface BuildInputs {
  readonly triggers?: { readonly content?: string };
  readonly name?: string;
}

/** Replaces the content hash of a build context, which every edit of a source changes. */
export function withoutBuildHash(inputs: Properties): Properties {
  const { triggers, name } = inputs as BuildInputs;
  if (triggers?.content === undefined || name === undefined) return inputs;
  const hash = '<content hash>';
  return {
    ...inputs,
    name: name.replace(triggers.content.slice(0, 12), hash),
    triggers: { ...triggers, content: hash },
  };
}
