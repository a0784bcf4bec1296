import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import {
  BACKUP_COMMAND,
  type BackupPlan,
  DATA_DIRECTORY,
  REPOSITORY_DIRECTORY,
} from '../../plan/backup.ts';
import { MEMORY_MIB, UIDS } from '../../plan/components.ts';
import { contentHash } from '../content-hash.ts';
import { claimMount } from './claim.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { type PodTemplate, podTemplate, scratch } from './pod.ts';
import { deployServiceAccount } from './service.ts';

export const BACKUP_CRON_JOB = 'backup';
const CPUS = { request: 0.05, limit: 1 };
/** A large database over a slow disk is done within this; beyond it something hangs. */
const ENDS_WITHIN_SECONDS = 86_400;
/** What one CPU reads, compresses and writes over a slow disk. */
const SLOWEST_MIB_PER_SECOND = 20;
/** A backup that could not start at its time is still made within this. */
const LATE_START_SECONDS = 3_600;
const FAILURES_KEPT = 3;

interface BackupArgs {
  readonly backup: BackupPlan;
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Backups at their times, and a first one that the update waits for. A pod of its own copies the
 * files: it runs on Postgres' node and mounts the same claims, the data read-only, so that the
 * server has neither a second process nor a token.
 */
export class Backup extends KubernetesPart<'backup'> {
  constructor(cluster: Cluster, { backup, dependsOn }: BackupArgs) {
    super('backup', cluster);
    const environmentVariables = {
      ...backup.backingUp,
      PGHOST: 'postgres',
      BACKUP_PASSWORD_FILE: `${SECRETS_DIRECTORY}/password`,
    };
    const secret = deploySecret(this, 'backup', {
      password: cluster.credentials.backup.password,
    });
    const template = this.#pod(environmentVariables);
    const image = cluster.images.postgres;
    const hash = contentHash({ ...environmentVariables, image }).slice(0, 10);
    const first = this.#first(hash, template, [secret, ...dependsOn]);
    this.#scheduled(template, [first]);
    this.registerOutputs({ schedule: cluster.plan.settings.backup.schedule });
  }

  #pod(environmentVariables: Readonly<Record<string, string>>): PodTemplate {
    const { plan, images } = this.cluster;
    return podTemplate(this, {
      component: 'backup',
      serviceAccount: deployServiceAccount(this),
      user: UIDS.kubernetes.postgres,
      graceSeconds: plan.timeouts.drain.closingSeconds,
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
          memoryMiB: MEMORY_MIB.backup,
          cpus: CPUS,
        },
      ],
    });
  }

  /** A Job can never be changed, so each set of inputs gets one of its own name. */
  #first(
    hash: string,
    template: PodTemplate,
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource {
    const { settings } = this.cluster.plan;
    const firstWithinSeconds = firstBackupWithinSeconds({
      podStartSeconds: settings.kubernetes.podStartSeconds,
      storageGiB: settings.postgres.storageGiB,
    });
    return new kubernetes.batch.v1.Job(
      'backup-first',
      {
        metadata: this.metadata(`backup-first-${hash}`, { 'pulumi.com/replaceUnready': 'true' }),
        spec: { backoffLimit: 0, activeDeadlineSeconds: firstWithinSeconds, template },
      },
      this.options({ dependsOn, withinSeconds: firstWithinSeconds + 60 }),
    );
  }

  #scheduled(template: PodTemplate, dependsOn: readonly pulumi.Resource[]): void {
    new kubernetes.batch.v1.CronJob(
      BACKUP_CRON_JOB,
      {
        metadata: this.metadata(BACKUP_CRON_JOB),
        spec: {
          schedule: this.cluster.plan.settings.backup.schedule,
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
      this.options({ dependsOn }),
    );
  }
}

/**
 * Returns how long an update waits for the first backup: for what the data's volume can hold, and
 * for a pod's start, because a Job has no deadline for the start alone.
 */
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
