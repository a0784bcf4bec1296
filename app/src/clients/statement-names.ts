import { createHash } from 'node:crypto';

/**
 * A text earns a name at its second use: one that is used once would only fill the pooler's cache.
 */
const USES_BEFORE_NAME = 2;

/**
 * Number of texts without a name that are remembered, as a multiple of the cap; the oldest is
 * forgotten first.
 */
const CANDIDATES_PER_NAME = 4;

/**
 * Session and transaction commands have no plan worth keeping, and a pooler treats some of them in
 * its own way.
 */
const PLANNABLE = /^\s*(select|insert|update|delete|with|merge|values)\b/i;

/** What Postgres and the pooler take for an unnamed statement. */
const UNNAMED = '';

/**
 * Gives a prepared-statement name to SQL texts that come again, at most `cap` of them; the others
 * stay unnamed. A name is a hash of its text: one name must never stand for two texts, or the
 * server runs the wrong one.
 */
export function createStatementNames(cap: number): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();

  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= cap || !PLANNABLE.test(sql)) return UNNAMED;

    const count = (uses.get(sql) ?? 0) + 1;
    uses.delete(sql);
    if (count < USES_BEFORE_NAME) {
      uses.set(sql, count);
      forgetOldest(uses, cap * CANDIDATES_PER_NAME);
      return UNNAMED;
    }
    const name = `s_${createHash('sha256').update(sql).digest('base64url')}`;
    names.set(sql, name);
    return name;
  };
}

function forgetOldest(uses: Map<string, number>, limit: number): void {
  const [oldest] = uses.keys();
  if (uses.size > limit && oldest !== undefined) uses.delete(oldest);
}
