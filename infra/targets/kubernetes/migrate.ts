import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import { planPreparation } from '../../app/preparation.ts';
import { MEMORY_MIB, UIDS } from '../../plan/components.ts';
import { contentHash } from '../content-hash.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { podTemplate } from './pod.ts';
import { deployServiceAccount } from './service.ts';

const CPUS = { request: 0.05, limit: 1 };
/** Migrations of a large table take their time; one that hangs must not hang the update too. */
const RUNS_WITHIN_SECONDS = 300;

interface MigrateArgs {
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * The blocking one-shot: roles, grants, timeouts, migrations. A Job can never be changed, so each
 * set of inputs gets one of its own name. A Job that failed runs again with the next update.
 */
export class Migrate extends KubernetesPart<'migrate'> {
  /** Is done only when the database is ready. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(cluster: Cluster, { dependsOn }: MigrateArgs) {
    super('migrate', cluster);
    const { plan, credentials, images } = cluster;
    const contents = { 'preparation.json': JSON.stringify(planPreparation(plan, credentials)) };
    const hash = contentHash({ ...contents, image: images.app }).slice(0, 10);
    const endsWithinSeconds = plan.settings.kubernetes.podStartSeconds + RUNS_WITHIN_SECONDS;
    const secret = deploySecret(this, 'migrate', contents);
    this.job = new kubernetes.batch.v1.Job(
      'migrate',
      {
        metadata: this.metadata(`migrate-${hash}`, { 'pulumi.com/replaceUnready': 'true' }),
        spec: {
          // The one-shot waits for the server by itself, and tells why it fails: trying again would
          // only delay that.
          backoffLimit: 0,
          activeDeadlineSeconds: endsWithinSeconds,
          template: podTemplate(this, {
            component: 'migrate',
            serviceAccount: deployServiceAccount(this),
            user: UIDS.kubernetes.app,
            graceSeconds: plan.timeouts.drain.closingSeconds,
            restartPolicy: 'Never',
            containers: [
              {
                name: 'migrate',
                image: images.app,
                args: ['migrate.js'],
                environmentVariables: { PREPARATION_FILE: `${SECRETS_DIRECTORY}/preparation.json` },
                mounts: [secretMount('secrets', 'migrate', SECRETS_DIRECTORY)],
                memoryMiB: MEMORY_MIB.migrate,
                cpus: CPUS,
              },
            ],
          }),
        },
      },
      this.options({ dependsOn: [secret, ...dependsOn], withinSeconds: endsWithinSeconds + 60 }),
    );
    this.registerOutputs({ job: this.job.metadata.name });
  }
}
