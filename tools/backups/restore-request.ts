import type { BackupPlan } from '../../infra/plan/backup.ts';
import type { Settings } from '../../infra/settings/settings.ts';
import type { Report } from '../../toolchain/progress.ts';

/** Which state of the data to restore. */
export interface RestoreRequest {
  /** A time as `readRestoreTime` returns it; the latest state when absent. */
  readonly at?: string;
  /** SCRAM verifier that the superuser gets: the restored data may have another password. */
  readonly verifier: string;
}

/** The environment to restore, and who hears how far it is. */
export interface RestoreContext {
  readonly settings: Settings;
  readonly backup: BackupPlan;
  readonly report: Report;
}
