import type { Ini } from './ini.ts';
import { parseIni } from './ini.ts';
import type { Effect } from './keys.ts';
import { effectOf } from './keys.ts';

/**
 * One difference between two files; `undefined` means that the key is absent and the stock default
 * holds.
 */
export interface ConfigChange {
  readonly section: string;
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly effect: Effect;
}

/**
 * Compares two texts that `renderIni` wrote: what differs, and whether RELOAD is enough.
 * userlist.txt always reloads.
 */
export function compareInis(before: string, after: string): readonly ConfigChange[] {
  const old = parseIni(before);
  const next = parseIni(after);
  return union(old, next).flatMap((section) => {
    const was = old[section] ?? {};
    const is = next[section] ?? {};
    return union(was, is)
      .filter((key) => was[key] !== is[key])
      .map((key) => ({
        section,
        key,
        before: was[key],
        after: is[key],
        effect: sectionEffect(section, key),
      }));
  });
}

/**
 * The restart-only values of a file as stable text: it changes exactly when the process must be
 * replaced. [databases] and [peers] are never part of it.
 */
export function restartKeyValues(ini: Ini): string {
  const values = ini['pgbouncer'] ?? {};
  return Object.keys(values)
    .filter((key) => effectOf(key) === 'restart')
    .sort()
    .map((key) => `${key} = ${values[key]}`)
    .join('\n');
}

function sectionEffect(section: string, key: string): Effect {
  if (section === 'databases' || section === 'peers') return 'reload';
  return section === 'pgbouncer' ? effectOf(key) : 'restart';
}

function union(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
