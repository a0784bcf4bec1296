import { HttpError } from './http-error.ts';

/**
 * Reads `name=value` pairs of a query or a form, each allowed name at most once.
 * @throws {HttpError} 400 for a repeated or an unknown name: whichever of two values was meant,
 * half of the readers would take the other.
 */
export function readParameters<Name extends string>(
  text: string,
  allowed: readonly Name[],
): Partial<Record<Name, string>> {
  const given = new Map<Name, string>();
  for (const [key, value] of new URLSearchParams(text)) {
    const name = allowed.find((candidate) => candidate === key);
    // What came in is not repeated in the answer: it may be anything.
    if (name === undefined)
      throw new HttpError(
        400,
        'unknown_parameter',
        allowed.length === 0 ? 'No parameter is known here.' : `Known here: ${allowed.join(', ')}.`,
      );
    if (given.has(name)) throw new HttpError(400, 'repeated_parameter', `Give ${name} once.`);
    given.set(name, value);
  }
  return Object.fromEntries(given) as Partial<Record<Name, string>>;
}

/** What stands behind the first `?` of a request's target. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}
