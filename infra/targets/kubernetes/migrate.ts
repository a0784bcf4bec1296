import type * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import { planPreparation } from '../../app/preparation.ts';
import { UIDS } from '../../plan/components.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { deployOneShot } from './one-shot.ts';
import { deployServiceAccount } from './service.ts';

interface MigrateArgs {
  readonly dependsOn: readonly pulumi.Resource[];
}

/** The blocking one-shot: roles, grants, timeouts, migrations. */
export class Migrate extends KubernetesPart<'migrate'> {
  /** Is done only when the database is ready. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(cluster: Cluster, { dependsOn }: MigrateArgs) {
    super('migrate', cluster);
    const { plan, credentials, images } = cluster;
    this.job = deployOneShot(this, {
      name: 'migrate',
      image: images.app,
      args: ['migrate.js'],
      environmentVariables: { PREPARATION_FILE: `${SECRETS_DIRECTORY}/preparation.json` },
      files: { 'preparation.json': JSON.stringify(planPreparation(plan, credentials)) },
      madeFrom: { image: images.app },
      user: UIDS.kubernetes.app,
      serviceAccount: deployServiceAccount(this),
      dependsOn,
    });
    this.registerOutputs({ job: this.job.metadata.name });
  }
}
