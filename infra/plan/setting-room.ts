import type { MonitoringPlan } from '../../app/src/monitoring/plan/monitoring-plan.ts';
import { largestFitting } from './largest-fitting.ts';
import { findPlanFaults } from './plan.ts';
import type { Settings } from '../settings/settings.ts';
import { LARGEST } from '../settings/largest.ts';

export type SettingRoom = MonitoringPlan['room'];

/**
 * How far each of these settings can rise, the others as they are, before the plan has a fault or
 * the setting leaves its range. Where there is no room it is the present value. The settings
 * themselves must be without a fault.
 */
export function planSettingRoom(settings: Settings): SettingRoom {
  const { app, pooler, postgres } = settings;
  const room = (
    setting: keyof SettingRoom,
    present: number,
    raise: (value: number) => Settings,
  ): number =>
    largestFitting(
      { from: present, to: LARGEST[setting] },
      (value) => findPlanFaults(raise(value)).length === 0,
    );
  return {
    'app.poolMax': room('app.poolMax', app.poolMax, (poolMax) => ({
      ...settings,
      app: { ...app, poolMax },
    })),
    'pooler.poolSize': room('pooler.poolSize', pooler.poolSize, (poolSize) => ({
      ...settings,
      pooler: { ...pooler, poolSize },
    })),
    'pooler.maxClientConn': room('pooler.maxClientConn', pooler.maxClientConn, (maxClientConn) => ({
      ...settings,
      pooler: { ...pooler, maxClientConn },
    })),
    // How many an external server takes is for its owner to say.
    'postgres.maxConnections':
      postgres.external !== undefined
        ? postgres.maxConnections
        : room('postgres.maxConnections', postgres.maxConnections, (maxConnections) => ({
            ...settings,
            postgres: { ...postgres, maxConnections },
          })),
  };
}
