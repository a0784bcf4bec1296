import type { MonitoringPlan, RaisableSetting } from './monitoring-plan.ts';

/** A setting to change, from the present value to the proposed one. */
export interface SettingChange {
  readonly setting: RaisableSetting;
  readonly from: number;
  readonly to: number;
}

/** Smallest factor by which a setting is raised: less is not worth a deployment. */
const STEP = 1.5;

export interface Raise {
  readonly change: SettingChange | null;
  /** Sentence: what to raise to what, or why it cannot be raised. */
  readonly text: string;
}

/** What bounds each setting, for the sentence. */
const BOUNDS: Readonly<Record<RaisableSetting, (plan: MonitoringPlan) => string>> = {
  'app.poolMax': ({ pooler, postgres }) =>
    pooler === 'off'
      ? `postgres.maxConnections ${postgres.maxConnections}`
      : `pooler.maxClientConn ${pooler.maxClientConn}`,
  'pooler.poolSize': ({ postgres }) => `postgres.maxConnections ${postgres.maxConnections}`,
  'pooler.maxClientConn': () => "PgBouncer's file descriptors",
  'postgres.maxConnections': ({ postgres }) =>
    postgres.isExternal === true ? 'max_connections of the external server' : 'postgres.memoryMiB',
};

/** Setting to raise first where the setting itself has no headroom left. */
const NEXT: Readonly<
  Record<RaisableSetting, (plan: MonitoringPlan) => RaisableSetting | undefined>
> = {
  'app.poolMax': ({ pooler }) =>
    pooler === 'off' ? 'postgres.maxConnections' : 'pooler.maxClientConn',
  'pooler.poolSize': () => 'postgres.maxConnections',
  'pooler.maxClientConn': () => undefined,
  'postgres.maxConnections': () => undefined,
};

/**
 * Raises a setting so far that `missing` more would have fitted, within what the budget allows.
 * Where it has no headroom, the setting that bounds it is named instead.
 */
export function raise(setting: RaisableSetting, missing: number, plan: MonitoringPlan): Raise {
  const from = presentValue(setting, plan);
  const room = plan.room[setting];
  if (room > from) {
    const to = Math.min(room, Math.max(from + missing, Math.ceil(from * STEP)));
    return {
      change: { setting, from, to },
      text:
        `Raise ${setting} from ${from} to ${to}; it can rise to ${room} within ` +
        `${BOUNDS[setting](plan)}.`,
    };
  }
  const full = `${setting} ${from} is all that ${BOUNDS[setting](plan)} allows`;
  const next = NEXT[setting](plan);
  if (next === undefined)
    return {
      change: null,
      text:
        setting === 'postgres.maxConnections' && plan.postgres.isExternal === true
          ? `${full}. Raise that first, then the setting.`
          : `${full}.`,
    };
  const deeper = raise(next, missing, plan);
  return { change: deeper.change, text: `${full}. ${deeper.text}` };
}

function presentValue(setting: RaisableSetting, { app, pooler, postgres }: MonitoringPlan): number {
  switch (setting) {
    case 'app.poolMax':
      return app.poolMax;
    case 'pooler.poolSize':
      return pooler === 'off' ? 0 : pooler.poolSize;
    case 'pooler.maxClientConn':
      return pooler === 'off' ? 0 : pooler.maxClientConn;
    case 'postgres.maxConnections':
      return postgres.maxConnections;
  }
}
