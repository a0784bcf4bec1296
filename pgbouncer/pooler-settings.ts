import type { Fault } from './fault.ts';
import { describeKind, formatValue, type KeyKind } from './key-kinds.ts';
import { findKey, type Key, KEYS } from './keys.ts';
import { hasControlCharacter, showValue } from './plain-text.ts';
import { REFUSALS } from './refusals.ts';
import { nearestSpelling } from './spelling.ts';

/** What the plan knows of the pooler beside its free settings. */
export interface SettingsContext {
  readonly queryWaitTimeoutSeconds: number;
  readonly maxPreparedStatements: number;
}

/**
 * The size of the statement cache that the user asks for, else PgBouncer's own; the app's cap of
 * names is planned from it.
 */
export function readMaxPreparedStatements(settings: Readonly<Record<string, unknown>>): number {
  const asked = settings['max_prepared_statements'];
  return typeof asked === 'number' ? asked : Number(findKey('max_prepared_statements')?.stock);
}

/**
 * Checks the user's `pooler.settings`. Returns all faults at once and never throws, whatever the
 * values are.
 */
export const checkPoolerSettings = (
  settings: Readonly<Record<string, unknown>>,
  context: SettingsContext,
): readonly Fault[] =>
  Object.entries(settings).flatMap(([name, value]) => checkSetting(name, value, context) ?? []);

function checkSetting(name: string, value: unknown, context: SettingsContext): Fault | undefined {
  const key = findKey(name);
  if (key === undefined) return refuseUnknown(name, value);
  const refusal = REFUSALS[name];
  if (refusal !== undefined)
    return fault(name, value, { allowed: 'not in pooler.settings', remedy: refusal });
  return checkValue(name, value, key) ?? checkNesting(name, value, context);
}

function refuseUnknown(name: string, value: unknown): Fault {
  const nearest = nearestSpelling(name, Object.keys(KEYS));
  return fault(name, value, {
    allowed: 'a key of the [pgbouncer] section of PgBouncer 1.26',
    remedy:
      nearest === undefined ? 'See `man pgbouncer.ini` for the keys.' : `Did you mean ${nearest}?`,
  });
}

const checkValue = (name: string, value: unknown, { kind }: Key): Fault | undefined =>
  formatValue(kind, value) === undefined
    ? fault(name, value, { allowed: describeKind(kind), remedy: remedyFor(kind, value) })
    : undefined;

function remedyFor(kind: KeyKind, value: unknown): string {
  if (typeof value === 'string' && hasControlCharacter(value))
    return 'Put the value on one line, without tabs or other control characters.';
  if (typeof value === 'string' && isUnquotable(kind, value)) return `Remove the quotes: ${value}`;
  if (['number', 'boolean'].includes(typeof value) && kind.type === 'text')
    return `Put it in quotes: "${String(value)}"`;
  return 'Choose a value that is allowed.';
}

/** True when the text would fit if the YAML had no quotes around it. */
function isUnquotable(kind: KeyKind, value: string): boolean {
  if (value === 'true' || value === 'false')
    return formatValue(kind, value === 'true') !== undefined;
  return /^\d+(\.\d+)?$/.test(value) && formatValue(kind, Number(value)) !== undefined;
}

/** Keys whose seconds must be over while a client still waits. */
const WITHIN_WAIT: readonly string[] = [
  'server_connect_timeout',
  'server_login_retry',
  'reserve_pool_timeout',
];

function checkNesting(name: string, value: unknown, context: SettingsContext): Fault | undefined {
  if (name === 'pool_mode') return checkPoolMode(value, context);
  const wait = context.queryWaitTimeoutSeconds;
  const seconds = Number(value);
  if (!WITHIN_WAIT.includes(name) || seconds < wait) return undefined;
  return fault(name, value, {
    allowed: `less than query_wait_timeout, ${wait}`,
    remedy: `Lower it below ${wait}, or raise pooler.queryWaitTimeoutSeconds above ${seconds}.`,
  });
}

function checkPoolMode(value: unknown, context: SettingsContext): Fault | undefined {
  if (value === 'statement')
    return fault('pool_mode', value, {
      allowed: 'transaction or session',
      remedy: 'Prisma needs transactions of several statements; use transaction.',
    });
  if (value === 'transaction' || context.maxPreparedStatements === 0) return undefined;
  return fault('pool_mode', value, {
    allowed: 'transaction, since the app names its statements',
    remedy:
      'Use transaction, or set pooler.settings.max_prepared_statements to 0, ' +
      'so that the app names no statements.',
  });
}

const fault = (name: string, value: unknown, words: Pick<Fault, 'allowed' | 'remedy'>): Fault => ({
  key: `pooler.settings.${name}`,
  got: showValue(value),
  ...words,
});
