import fc from 'fast-check';
import type { PgbouncerInput } from '../input.ts';
import { devDocker } from './examples.ts';
import type { KeyKind, SettingValue } from '../key-kinds.ts';
import { formatValue } from '../key-kinds.ts';
import { findKey, KEYS } from '../keys.ts';
import { REFUSALS } from '../refusals.ts';

/** Keys that `pooler.settings` may hold. */
const settableKeys: readonly string[] = Object.keys(KEYS).filter(
  (key) => !Object.hasOwn(REFUSALS, key),
);

/** A value that a key of this kind takes; whole seconds and milliseconds below `belowSeconds`. */
function arbitraryValue(kind: KeyKind, belowSeconds: number): fc.Arbitrary<SettingValue> {
  switch (kind.type) {
    case 'integer':
      return fc.integer({ min: kind.min, max: kind.max });
    case 'seconds':
      return fc
        .oneof(
          fc.integer({ min: kind.min, max: kind.max }),
          fc.integer({ min: kind.min * 1_000, max: 999_999 }).map((ms) => ms / 1_000),
        )
        .filter((seconds) => seconds < belowSeconds);
    case 'boolean':
      return fc.constantFrom(true, false, 0, 1);
    case 'choice':
      return fc.constantFrom(...kind.values);
    case 'octal':
      return fc.constantFrom('0700', '0770', '0777');
    case 'text':
      return fc
        .oneof(
          fc.string({ unit: 'grapheme' }),
          fc.string({ unit: fc.constantFrom(...`"'\\;#%=[] ab$é,`) }),
        )
        .filter((text) => formatValue(kind, text) !== undefined);
    default:
      return kind satisfies never;
  }
}

/**
 * Any input whose settings are accepted, built so that the timeouts nest and the pool mode fits.
 */
export const arbitraryInput: fc.Arbitrary<PgbouncerInput> = fc
  .record({
    queryWaitTimeoutSeconds: fc.integer({ min: 3, max: 600 }),
    maxPreparedStatements: fc.constantFrom(0, 1, 200, 5_000),
  })
  .chain((base) => {
    const settings = settableKeys.map((key): [string, fc.Arbitrary<SettingValue>] => [
      key,
      arbitrarySetting(key, base),
    ]);
    const chosen = fc.record(Object.fromEntries(settings), { requiredKeys: [] });
    return fc
      .record({
        settings: chosen as fc.Arbitrary<Record<string, SettingValue>>,
        poolSize: fc.integer({ min: 1, max: 500 }),
        reservePoolSize: fc.integer({ min: 0, max: 50 }),
        maxClientConn: fc.integer({ min: 1, max: 5_000 }),
        processes: fc.integer({ min: 1, max: 4 }),
        address: fc.constantFrom('off', '127.0.0.1', '*'),
      })
      .map(({ address, processes, ...rest }) => ({
        ...devDocker,
        ...base,
        ...rest,
        maxDbConnections: rest.poolSize + rest.reservePoolSize,
        listen: { ...devDocker.listen, address },
        peers:
          processes === 1
            ? ('off' as const)
            : {
                own: processes - 1,
                socketDirectories: Array.from({ length: processes }, (_, index) => `/run/${index}`),
              },
      }));
  });

function arbitrarySetting(
  key: string,
  base: { readonly queryWaitTimeoutSeconds: number; readonly maxPreparedStatements: number },
): fc.Arbitrary<SettingValue> {
  if (key === 'max_prepared_statements') return fc.constant(base.maxPreparedStatements);
  if (key === 'pool_mode')
    return base.maxPreparedStatements > 0
      ? fc.constant('transaction')
      : fc.constantFrom('transaction', 'session');
  const nested = ['server_connect_timeout', 'server_login_retry', 'reserve_pool_timeout'].includes(
    key,
  );
  const kind = findKey(key)?.kind ?? { type: 'text' };
  return arbitraryValue(kind, nested ? base.queryWaitTimeoutSeconds : Infinity);
}
