/** Reason why the database could not be prepared, for the person who ran `up`. Holds no secret. */
export class PreparationError extends Error {
  override readonly name = 'PreparationError';
}

/** Describes an error of Postgres without its statement, which may hold a verifier. */
export function describePostgresError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code, detail, hint } = error as { code?: string; detail?: string; hint?: string };
  const extra = [detail, hint].filter((text) => text !== undefined).map((text) => ` ${text}`);
  return `${error.message}${code === undefined ? '' : ` (${code})`}${extra.join('')}`;
}
