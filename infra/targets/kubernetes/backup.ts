import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import {
  BACKUP_COMMAND,
  type BackupPlan,
  DATA_DIRECTORY,
  REPOSITORY_DIRECTORY,
} from '../../plan/backup.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { contentHash } from '../content-hash.ts';
import { claimMount } from './claim.ts';
import type { Cluster } from './cluster.ts';
import { within } from './deadline.ts';
import type { DeployedImages } from './images.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { podTemplate, scratch } from './pod.ts';
import { POSTGRES_USER } from './postgres.ts';
import { deployServiceAccount } from './service.ts';

export const BACKUP_CRON_JOB = 'backup';
const MEMORY_MIB = 256;
const CPUS = { request: 0.05, limit: 1 };
/** Of a large database over a slow disk; beyond that something hangs. */
const ENDS_WITHIN_SECONDS = 86_400;
/** Read, compressed and written by one CPU over a slow disk. */
const SLOWEST_MIB_PER_SECOND = 20;
/** A backup that could not start at its time is still made within this. */
const LATE_START_SECONDS = 3_600;
const FAILURES_KEPT = 3;

/**
 * Backups at their times, and a first one that the update waits for. A pod of its own copies the files: it runs on Postgres'
 * node and mounts the same claims, the data read-only, so that the server has neither a second process nor a token.
 */
export function deployBackup(
  cluster: Cluster,
  images: DeployedImages,
  { settings, timeouts }: Plan,
  backup: BackupPlan,
  credentials: Credentials,
  dependsOn: readonly pulumi.Resource[],
): void {
  const secret = deploySecret(cluster, 'backup', 'backup', {
    password: credentials.backup.password,
  });
  const environmentVariables = {
    ...backup.backingUp,
    PGHOST: 'postgres',
    BACKUP_PASSWORD_FILE: `${SECRETS_DIRECTORY}/password`,
  };
  const template = podTemplate(cluster, {
    component: 'backup',
    serviceAccount: deployServiceAccount(cluster, 'backup'),
    user: POSTGRES_USER,
    graceSeconds: timeouts.drain.closingSeconds,
    restartPolicy: 'Never',
    beside: 'postgres',
    containers: [
      {
        name: 'backup',
        image: images.postgres,
        args: BACKUP_COMMAND,
        environmentVariables,
        mounts: [
          { ...claimMount('postgres', 'data', DATA_DIRECTORY), readOnly: true },
          claimMount('postgres', 'backup', REPOSITORY_DIRECTORY),
          secretMount('secrets', 'backup', SECRETS_DIRECTORY),
          scratch('tmp', '/tmp'),
        ],
        memoryMiB: MEMORY_MIB,
        cpus: CPUS,
      },
    ],
  });
  const firstWithinSeconds = firstBackupWithinSeconds({
    podStartSeconds: settings.kubernetes.podStartSeconds,
    storageGiB: settings.postgres.storageGiB,
  });
  const first = new kubernetes.batch.v1.Job(
    'backup-first',
    {
      // A Job can never be changed, so each set of inputs gets one of its own name.
      metadata: cluster.metadata(
        'backup',
        `backup-first-${contentHash({ ...environmentVariables, image: images.postgres }).slice(0, 10)}`,
        { 'pulumi.com/replaceUnready': 'true' },
      ),
      spec: { backoffLimit: 0, activeDeadlineSeconds: firstWithinSeconds, template },
    },
    { ...cluster.options([secret, ...dependsOn]), ...within(firstWithinSeconds + 60) },
  );
  new kubernetes.batch.v1.CronJob(
    BACKUP_CRON_JOB,
    {
      metadata: cluster.metadata('backup', BACKUP_CRON_JOB),
      spec: {
        schedule: settings.backup.schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: LATE_START_SECONDS,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: FAILURES_KEPT,
        jobTemplate: {
          spec: { backoffLimit: 2, activeDeadlineSeconds: ENDS_WITHIN_SECONDS, template },
        },
      },
    },
    cluster.options([first]),
  );
}

/** How long an update waits for the first backup: what the data's volume can hold, and a pod's start. A Job tells no deadline for the start alone. */
export function firstBackupWithinSeconds({
  podStartSeconds,
  storageGiB,
}: {
  readonly podStartSeconds: number;
  readonly storageGiB: number;
}): number {
  return Math.min(
    ENDS_WITHIN_SECONDS,
    podStartSeconds + Math.ceil((storageGiB * 1_024) / SLOWEST_MIB_PER_SECOND),
  );
}
