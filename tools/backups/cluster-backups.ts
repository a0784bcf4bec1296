import { kubernetesLabels } from '../../infra/plan/kubernetes-names.ts';
import type { V1Job, V1PodTemplateSpec } from '@kubernetes/client-node';
import { SECRETS_DIRECTORY } from '../../infra/settings/standard-names.ts';
import { DATA_DIRECTORY, REPOSITORY_DIRECTORY, RESTORE_COMMAND } from '../../infra/plan/backup.ts';
import type { Settings } from '../../infra/settings/settings.ts';
import { type ClusterApi, openClusterApi } from '../../infra/running/cluster-api.ts';
import { orNothing, statusOf } from '../../infra/running/api-errors.ts';
import { BACKUP_CRON_JOB } from '../../infra/targets/kubernetes/backup.ts';
import { claimMount, claimName, claimSpec } from '../../infra/targets/kubernetes/claim.ts';
import { imagePullOf } from '../../infra/targets/kubernetes/cluster.ts';
import { secretMount } from '../../infra/targets/kubernetes/mounted-files.ts';
import { podTemplate, scratch } from '../../infra/targets/kubernetes/pod.ts';
import { UIDS } from '../../infra/plan/components.ts';
import type { Report } from '../../toolchain/progress.ts';
import { kubectlHint } from '../environment/kubectl-hint.ts';
import { runJob } from './cluster-job.ts';
import type { RestoreContext, RestoreRequest } from './restore-request.ts';

const NAME = 'restore';
const MEMORY_MIB = 512;
const CPUS = { request: 0.1, limit: 2 };
const GRACE_SECONDS = 30;
const CONFLICT = 409;

/** Runs the Job that the CronJob would make now. */
export async function backUpCluster(
  settings: Settings,
  report: Report,
): Promise<readonly string[]> {
  const api = openClusterApi(settings);
  const { namespace, batch } = api;
  const cronJob = await orNothing(
    batch.readNamespacedCronJob({ namespace, name: BACKUP_CRON_JOB }),
  );
  if (cronJob === undefined)
    throw new Error(
      `There is no CronJob ${BACKUP_CRON_JOB} in the namespace ${namespace}. Run npm run up ` +
        `-- ${settings.environment} first.`,
    );
  const { labels = {}, name = '', uid = '' } = cronJob.metadata ?? {};
  const job: V1Job = {
    // It goes with its CronJob.
    metadata: {
      generateName: 'backup-by-hand-',
      labels,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid }],
    },
    spec: {
      ...cronJob.spec?.jobTemplate.spec,
      template: cronJob.spec?.jobTemplate.spec?.template ?? {},
      backoffLimit: 0,
    },
  };
  return runJob(api, job, report);
}

/** Restores in a pod of its own, on the claims that `down` has left. */
export async function restoreCluster(
  { settings, backup, report }: RestoreContext,
  request: RestoreRequest,
): Promise<readonly string[]> {
  const { environment } = settings;
  const api = openClusterApi(settings);
  const { namespace, core, apps } = api;
  if (
    (await orNothing(apps.readNamespacedStatefulSet({ namespace, name: 'postgres' }))) !== undefined
  ) {
    throw new Error(
      `${environment} is there, and its data is never replaced under it. Take it down first: ` +
        `npm run down -- ${environment}. Its data and its backups stay.`,
    );
  }
  const repository = claimName('postgres', 'backup');
  if (
    (await orNothing(core.readNamespacedPersistentVolumeClaim({ namespace, name: repository }))) ===
    undefined
  ) {
    throw new Error(
      `There are no backups of ${environment} in this cluster: the namespace ${namespace} ` +
        `has no claim ${repository}.`,
    );
  }
  await ensureDataClaim(api, settings);
  const labels = kubernetesLabels(environment, 'restore');
  try {
    await core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: NAME, labels }, stringData: { verifier: request.verifier } },
    });
  } catch (error) {
    if (statusOf(error) !== CONFLICT) throw error;
    throw new Error(
      `A restore of ${environment} is already running or was interrupted. When none is ` +
        `running: ${kubectlHint(settings)} delete job,secret ${NAME}`,
      { cause: error },
    );
  }
  try {
    return await runJob(
      api,
      {
        metadata: { name: NAME, labels },
        spec: { backoffLimit: 0, template: restorePod({ settings, backup }, request) },
      },
      report,
    );
  } finally {
    await core.deleteNamespacedSecret({ namespace, name: NAME });
  }
}

/** Makes the claim of the data where it was lost with the data. */
async function ensureDataClaim({ core, namespace }: ClusterApi, settings: Settings): Promise<void> {
  const name = claimName('postgres', 'data');
  if (
    (await orNothing(core.readNamespacedPersistentVolumeClaim({ namespace, name }))) !== undefined
  )
    return;
  const metadata = { name, labels: kubernetesLabels(settings.environment, 'postgres') };
  await core.createNamespacedPersistentVolumeClaim({
    namespace,
    body: { metadata, spec: claimSpec(settings, settings.postgres.storageGiB) },
  });
}

function restorePod(
  { settings, backup }: Pick<RestoreContext, 'settings' | 'backup'>,
  { at }: RestoreRequest,
): V1PodTemplateSpec {
  const { environment, images } = settings;
  const template = podTemplate(
    { environment },
    {
      component: 'restore',
      serviceAccount: 'default',
      user: UIDS.kubernetes.postgres,
      graceSeconds: GRACE_SECONDS,
      restartPolicy: 'Never',
      containers: [
        {
          name: NAME,
          image: images.postgres ?? '',
          args: RESTORE_COMMAND,
          environmentVariables: {
            ...backup.restoring,
            POSTGRES_PASSWORD_FILE: `${SECRETS_DIRECTORY}/verifier`,
            ...(at === undefined ? {} : { RESTORE_AT: at }),
          },
          mounts: [
            claimMount('postgres', 'data', DATA_DIRECTORY),
            { ...claimMount('postgres', 'backup', REPOSITORY_DIRECTORY), readOnly: true },
            secretMount('secrets', NAME, SECRETS_DIRECTORY),
            scratch('tmp', '/tmp'),
            scratch('shared-memory', '/dev/shm', { inMemory: true }),
          ],
          memoryMiB: MEMORY_MIB,
          cpus: CPUS,
        },
      ],
    },
  );
  // Nothing in it is an output of Pulumi's. Its account is the namespace's own, which has no login
  // for the registry.
  const { metadata, spec } = template as V1PodTemplateSpec;
  return {
    ...(metadata && { metadata }),
    ...(spec && { spec: { ...spec, ...imagePullOf(settings) } }),
  };
}
