import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { planPreparation } from '../../app/preparation.ts';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { contentHash } from '../content-hash.ts';
import type { Cluster } from './cluster.ts';
import { within } from './deadline.ts';
import type { DeployedImages } from './images.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { podTemplate } from './pod.ts';
import { deployServiceAccount } from './service.ts';

/** Of the app's image. */
export const APP_USER = 10_001;
const MEMORY_MIB = 256;
const CPUS = { request: 0.05, limit: 1 };
/** Migrations of a large table take their time; one that hangs must not hang the update for ever. */
const RUNS_WITHIN_SECONDS = 300;

/**
 * The blocking one-shot: roles, grants, timeouts, migrations. A Job can never be changed, so that each set of inputs gets
 * one of its own name; its resource is done only when the database is ready, and a failed one runs again with the next update.
 */
export function deployMigrate(
  cluster: Cluster,
  images: DeployedImages,
  plan: Plan,
  credentials: Credentials,
  dependsOn: readonly pulumi.Resource[],
): kubernetes.batch.v1.Job {
  const contents = { 'preparation.json': JSON.stringify(planPreparation(plan, credentials)) };
  const hash = contentHash({ ...contents, image: images.app }).slice(0, 10);
  const endsWithinSeconds = plan.settings.kubernetes.podStartSeconds + RUNS_WITHIN_SECONDS;
  const secret = deploySecret(cluster, 'migrate', 'migrate', contents);
  return new kubernetes.batch.v1.Job(
    'migrate',
    {
      metadata: cluster.metadata('migrate', `migrate-${hash}`, {
        'pulumi.com/replaceUnready': 'true',
      }),
      spec: {
        // The one-shot waits for the server by itself, and says why it fails: trying again would only delay that.
        backoffLimit: 0,
        activeDeadlineSeconds: endsWithinSeconds,
        template: podTemplate(cluster, {
          component: 'migrate',
          serviceAccount: deployServiceAccount(cluster, 'migrate'),
          user: APP_USER,
          graceSeconds: plan.timeouts.drain.closingSeconds,
          restartPolicy: 'Never',
          containers: [
            {
              name: 'migrate',
              image: images.app,
              args: ['migrate.js'],
              environmentVariables: { PREPARATION_FILE: `${SECRETS_DIRECTORY}/preparation.json` },
              mounts: [secretMount('secrets', 'migrate', SECRETS_DIRECTORY)],
              memoryMiB: MEMORY_MIB,
              cpus: CPUS,
            },
          ],
        }),
      },
    },
    { ...cluster.options([secret, ...dependsOn]), ...within(endsWithinSeconds + 60) },
  );
}
