import type { BackupPlan } from '../../infra/plan/backup.ts';
import type { Plan } from '../../infra/plan/plan.ts';
import type { Report } from '../../toolchain/progress.ts';
import { backUpCluster, restoreCluster } from './cluster-backups.ts';
import { backUpDocker, restoreDocker } from './docker-backups.ts';

/** What is to be restored. */
export interface RestoreWish {
  /** As `readRestoreTime` gives it; the latest state when absent. */
  readonly at?: string;
  /** SCRAM verifier that the superuser gets: the data may know another password. */
  readonly verifier: string;
}

/** The backups of one environment, wherever it runs. Each answers with what pgBackRest said, line by line. */
export interface EnvironmentBackups {
  /** @throws {Error} with pgBackRest's words when the environment does not run, or the backup fails. */
  backUp(report: Report): Promise<readonly string[]>;
  /** @throws {Error} saying why when a server runs, when there is no backup, or when the time cannot be had. */
  restore(wish: RestoreWish, report: Report): Promise<readonly string[]>;
}

/** @param env reaches the Docker Engine in use. */
export function openEnvironmentBackups(
  { settings }: Plan,
  backup: BackupPlan,
  env: NodeJS.ProcessEnv,
): EnvironmentBackups {
  const { target } = settings;
  switch (target) {
    case 'docker':
      return {
        backUp: (report) => backUpDocker(settings, env, report),
        restore: (wish, report) => restoreDocker(settings, backup, wish, { env, report }),
      };
    case 'kubernetes':
      return {
        backUp: (report) => backUpCluster(settings, report),
        restore: (wish, report) => restoreCluster(settings, backup, wish, report),
      };
    default:
      return target satisfies never;
  }
}
