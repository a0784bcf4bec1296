import type { Fault } from './fault.ts';
import type { ParsedSettings } from './schema.ts';

/** The settings of one environment: complete, in range, and consistent with each other. */
export interface Settings extends ParsedSettings {
  /** The stack's name; it becomes part of every name on the target. */
  readonly environment: string;
  readonly app: ParsedSettings['app'] & {
    readonly maxReplicas: number;
    readonly maxSurge: number;
    readonly adminPort: number;
  };
  readonly pooler: ParsedSettings['pooler'] & {
    readonly placement: 'shared' | 'sidecar';
    readonly poolSize: number;
  };
  readonly backup: ParsedSettings['backup'] & { readonly enabled: boolean };
}

/**
 * Settings and what is wrong with them. A faulty value is replaced by its default, so that the plan
 * can go on and find the other faults; with any fault at all, no environment is made of them.
 */
export interface CheckedSettings {
  readonly settings: Settings;
  readonly faults: readonly Fault[];
}
