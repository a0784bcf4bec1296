import type { SettingValue } from './key-kinds.ts';

/** A value that we set, and why PgBouncer's own default is not left alone. */
export interface LayerEntry {
  readonly value: SettingValue;
  readonly why: string;
  /** The setting of ours that carries this value, when there is one. */
  readonly field?: string;
}

/** Key of the [pgbouncer] section -> what one layer says about it. */
export type Layer = Readonly<Record<string, LayerEntry>>;

/** Lays the three layers over each other: defaults < user < forced. */
export function mergeLayers(
  defaults: Layer,
  user: Readonly<Record<string, SettingValue>>,
  forced: Layer,
): Readonly<Record<string, SettingValue>> {
  return { ...valuesOf(defaults), ...user, ...valuesOf(forced) };
}

function valuesOf(layer: Layer): Record<string, SettingValue> {
  return Object.fromEntries(Object.entries(layer).map(([key, entry]) => [key, entry.value]));
}
