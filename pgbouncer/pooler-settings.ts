import { inspect } from 'node:util';
import type { KeyKind } from './key-kinds.ts';
import { describeKind, formatValue, hasControlCharacter } from './key-kinds.ts';
import { keys } from './keys.ts';
import { refusals } from './refusals.ts';
import { nearestSpelling } from './spelling.ts';

/** One thing wrong with a setting, in words for its author. */
export interface Fault {
  readonly key: string;
  readonly got: string;
  readonly allowed: string;
  readonly remedy: string;
}

/** What the plan knows of the pooler beside its free settings. */
export interface SettingsContext {
  readonly queryWaitTimeoutSeconds: number;
  readonly maxPreparedStatements: number;
}

/** The size of the statement cache that the user asks for, else PgBouncer's own; the app's cap of names is planned from it. */
export function readMaxPreparedStatements(settings: Readonly<Record<string, unknown>>): number {
  const asked = settings['max_prepared_statements'];
  return typeof asked === 'number' ? asked : Number(keys['max_prepared_statements']!.stock);
}

/** Checks the user's `pooler.settings`. Answers with all faults at once and never throws, whatever the values are. */
export function checkPoolerSettings(
  settings: Readonly<Record<string, unknown>>,
  context: SettingsContext,
): readonly Fault[] {
  return Object.entries(settings).flatMap(
    ([key, value]) =>
      checkKey(key, value) ?? checkValue(key, value) ?? checkNesting(key, value, context) ?? [],
  );
}

function checkKey(key: string, value: unknown): Fault | undefined {
  if (!Object.hasOwn(keys, key)) {
    const nearest = nearestSpelling(key, Object.keys(keys));
    const remedy =
      nearest === undefined ? 'See `man pgbouncer.ini` for the keys.' : `Did you mean ${nearest}?`;
    return fault(key, value, 'a key of the [pgbouncer] section of PgBouncer 1.26', remedy);
  }
  const remedy = Object.hasOwn(refusals, key) ? refusals[key] : undefined;
  return remedy === undefined ? undefined : fault(key, value, 'not in pooler.settings', remedy);
}

function checkValue(key: string, value: unknown): Fault | undefined {
  const { kind } = keys[key]!;
  if (formatValue(kind, value) !== undefined) return undefined;
  return fault(key, value, describeKind(kind), remedyFor(kind, value));
}

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

function checkNesting(key: string, value: unknown, context: SettingsContext): Fault | undefined {
  if (key === 'pool_mode') return checkPoolMode(value, context);
  const wait = context.queryWaitTimeoutSeconds;
  const mustEndBeforeWait = [
    'server_connect_timeout',
    'server_login_retry',
    'reserve_pool_timeout',
  ].includes(key);
  if (!mustEndBeforeWait || Number(value) < wait) return undefined;
  return fault(
    key,
    value,
    `less than query_wait_timeout, ${wait}`,
    `Lower it below ${wait}, or raise pooler.queryWaitTimeoutSeconds above ${Number(value)}.`,
  );
}

function checkPoolMode(value: unknown, context: SettingsContext): Fault | undefined {
  if (value === 'statement')
    return fault(
      'pool_mode',
      value,
      'transaction or session',
      'Prisma needs transactions of several statements; use transaction.',
    );
  if (value === 'transaction' || context.maxPreparedStatements === 0) return undefined;
  const remedy =
    'Use transaction, or set pooler.settings.max_prepared_statements to 0, so that the app names no statements.';
  return fault('pool_mode', value, 'transaction, since the app names its statements', remedy);
}

function fault(key: string, value: unknown, allowed: string, remedy: string): Fault {
  const shown =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 1, breakLength: Infinity });
  return {
    key: `pooler.settings.${key}`,
    got: shown.length > 80 ? `${shown.slice(0, 80)}...` : shown,
    allowed,
    remedy,
  };
}
