import { planEnvironment } from '../plan/plan.ts';
import type { PlanRefused } from '../settings/fault.ts';
import { checkSettings } from '../settings/check-settings.ts';

export type Raw = Readonly<Record<string, unknown>>;

/** The settings without which there is no environment. */
export const REQUIRED: Raw = { target: 'docker', credentialsVersion: 1 };

/** Everything wrong with settings, from the first reading to the plan, as `key: remedy`. */
export function refusalOf(raw: Raw, environment = 'dev'): string[] {
  const checked = checkSettings({ ...REQUIRED, ...raw }, environment);
  try {
    planEnvironment(checked);
    return [];
  } catch (error) {
    return (error as PlanRefused).faults.map(({ key, remedy }) => `${key}: ${remedy}`);
  }
}
