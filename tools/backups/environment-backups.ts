import type { BackupPlan } from '../../infra/plan/backup.ts';
import type { Plan } from '../../infra/plan/plan.ts';
import type { Report } from '../../toolchain/progress.ts';
import { backUpCluster, restoreCluster } from './cluster-backups.ts';
import { backUpDocker, restoreDocker } from './docker-backups.ts';
import type { RestoreRequest } from './restore-request.ts';

/**
 * Backups of one environment, on either target. Each returns what pgBackRest printed, line by line.
 */
interface EnvironmentBackups {
  /**
   * @throws {Error} with pgBackRest's words when the environment does not run, or the backup
   *   fails.
   */
  backUp(report: Report): Promise<readonly string[]>;
  /**
   * @throws {Error} saying why when a server runs, when there is no backup, or when the time
   *   cannot be had.
   */
  restore(request: RestoreRequest, report: Report): Promise<readonly string[]>;
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
        restore: (request, report) => restoreDocker({ settings, backup, env, report }, request),
      };
    case 'kubernetes':
      return {
        backUp: (report) => backUpCluster(settings, report),
        restore: (request, report) => restoreCluster({ settings, backup, report }, request),
      };
    default:
      return target satisfies never;
  }
}
