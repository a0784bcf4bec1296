/** Depth to which Prisma, its adapter and pg wrap one another's errors. */
export const MAX_CAUSE_DEPTH = 6;

/**
 * Keys under which errors carry codes: sockets `code`, Prisma's adapter `kind`, and `originalCode`
 * for the server's SQLSTATE.
 */
const CODE_KEYS = ['code', 'originalCode', 'kind'] as const;

/** Returns the causes of an error, as JavaScript, Prisma and Node's AggregateError carry them. */
export function causesOf(error: object): readonly unknown[] {
  const { cause, meta, errors } = error as {
    cause?: unknown;
    meta?: { driverAdapterError?: unknown } | null;
    errors?: unknown;
  };
  return [
    cause,
    meta?.driverAdapterError,
    ...(Array.isArray(errors) ? (errors as readonly unknown[]) : []),
  ].filter((inner) => inner !== undefined && inner !== null);
}

/** Returns every code of the error itself, without its causes'. */
export function codesOf(error: object): readonly string[] {
  return CODE_KEYS.map((key) => (error as Record<string, unknown>)[key]).filter(
    (code) => typeof code === 'string',
  );
}
