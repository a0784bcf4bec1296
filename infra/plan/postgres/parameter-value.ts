import { hasControlCharacter } from '../../../pgbouncer/plain-text.ts';

/** One row of Postgres' own `pg_settings`, as `parameters.json` keeps it. */
export interface Parameter {
  readonly type: 'bool' | 'integer' | 'real' | 'string' | 'enum';
  /** The base unit of a bare number: `8kB`, `kB`, `MB`, `B`, `ms`, `s`, `min`. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
}

/**
 * Bytes or milliseconds of one unit, as Postgres spells it (case matters: `kB`, `MB`).
 * https://www.postgresql.org/docs/17/config-setting.html#CONFIG-SETTING-NAMES-VALUES
 */
const BYTES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    B: 1,
    kB: 1_024,
    '8kB': 8_192,
    MB: 1_048_576,
    GB: 1_073_741_824,
    TB: 1_099_511_627_776,
  }),
);
const MILLISECONDS: ReadonlyMap<string, number> = new Map(
  Object.entries({ us: 0.001, ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }),
);

/** What a value of this parameter may be, for a message. */
export function allowedValues({ type, unit, min, max, values }: Parameter): string {
  switch (type) {
    case 'bool':
      return 'on or off';
    case 'enum':
      return (values ?? []).join(', ');
    case 'string':
      return 'a text on one line';
    case 'integer':
    case 'real': {
      const noun = type === 'integer' ? 'an integer' : 'a number';
      const bounds = min !== undefined && max !== undefined ? ` from ${min} to ${max}` : '';
      return unit === undefined
        ? `${noun}${bounds}`
        : `${noun}${bounds} in units of ${unit}, or a text with a unit such as ${exampleOf(unit)}`;
    }
    default:
      return type satisfies never;
  }
}

/** The value as `-c key=value` takes it, or undefined when Postgres would refuse it. */
export function parameterText(
  parameter: Parameter,
  value: string | number | boolean,
): string | undefined {
  switch (parameter.type) {
    case 'bool':
      return boolText(value);
    case 'enum':
      return typeof value !== 'number' && (parameter.values ?? []).includes(enumText(value))
        ? enumText(value)
        : undefined;
    case 'string':
      return typeof value === 'string' && !hasControlCharacter(value) ? value : undefined;
    case 'integer':
    case 'real':
      return numberText(parameter, value);
    default:
      return parameter.type satisfies never;
  }
}

/**
 * A size or a time in the parameter's base unit.
 * @returns undefined when the text is no number with a unit of the same kind.
 */
export function inBaseUnit(value: string | number, unit: string | undefined): number | undefined {
  if (typeof value === 'number') return value;
  const match = /^(-?\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(value);
  const amount = match?.[1];
  if (amount === undefined) return undefined;
  const given = match?.[2] ?? '';
  if (given === '' || unit === undefined) return given === '' ? Number(amount) : undefined;
  for (const scale of [BYTES, MILLISECONDS]) {
    const [from, to] = [scale.get(given), scale.get(unit)];
    if (from !== undefined && to !== undefined) return (Number(amount) * from) / to;
  }
  return undefined;
}

function numberText(parameter: Parameter, value: string | number | boolean): string | undefined {
  if (typeof value === 'boolean') return undefined;
  // A text without a unit is a number in quotes, which YAML users did not mean.
  if (typeof value === 'string' && (parameter.unit === undefined || /^-?[\d.]+$/.test(value)))
    return undefined;
  const amount = inBaseUnit(value, parameter.unit);
  if (
    amount === undefined ||
    (parameter.type === 'integer' && typeof value === 'number' && !Number.isInteger(value))
  )
    return undefined;
  if (parameter.min !== undefined && amount < parameter.min) return undefined;
  if (parameter.max !== undefined && amount > parameter.max) return undefined;
  return String(value);
}

function boolText(value: string | number | boolean): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return value === 'on' || value === 'off' ? value : undefined;
}

/**
 * YAML reads `on` and `off` as texts but `true` and `false` as booleans; enums such as
 * synchronous_commit take either.
 */
function enumText(value: string | boolean): string {
  if (typeof value === 'string') return value;
  return value ? 'on' : 'off';
}

const exampleOf = (unit: string): string => (BYTES.has(unit) ? '64MB' : '30s');
