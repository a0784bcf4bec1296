/** Why the database could not be prepared, in words for whoever ran `up`. Holds no secret. */
export class PreparationError extends Error {
  override readonly name = 'PreparationError';
}

/** What Postgres said, without the statement: that may hold a verifier. */
export function describePostgresError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code, detail, hint } = error as { code?: string; detail?: string; hint?: string };
  const extra = [detail, hint].filter((text) => text !== undefined).map((text) => ` ${text}`);
  return `${error.message}${code === undefined ? '' : ` (${code})`}${extra.join('')}`;
}
