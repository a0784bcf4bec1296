import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { POOLER_PORT } from '../../settings/standard-names.ts';
import { EACH_BOUNCER, hasEachBouncerAddress } from '../../plan/addresses.ts';
import { UIDS } from '../../plan/components.ts';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import { countSharedBouncers, type PoolerPlan } from '../../plan/pooler.ts';
import { reconnectBouncers, untilBouncersRunPlan } from '../../running/bouncers.ts';
import { consoleCommand } from '../../running/console.ts';
import { poolerContent, renderPoolerUsers } from '../../running/pooler-files.ts';
import { deployCheckpoint } from '../checkpoint.ts';
import { contentHash } from '../content-hash.ts';
import { poolerContainer, poolerStartedWith } from './bouncer-container.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { startedWith } from './metadata.ts';
import { deployConfigMap, deploySecret } from './mounted-files.ts';
import { podTemplate } from './pod.ts';
import { deployDisruptionBudget, deployService, deployServiceAccount } from './service.ts';

/** The others of a rollout follow the first one on nodes that are there. */
const ROLLOUT_SECONDS = 120;

interface PgBouncerArgs {
  readonly pooler: PoolerPlan;
}

/** The files of every bouncer, the shared tier if there is one, and what all bouncers are told. */
export class PgBouncer extends KubernetesPart<'pgbouncer'> {
  /** Changed files reach the pods, where each bouncer notices and reloads. */
  readonly files: readonly pulumi.Resource[];
  readonly #pooler: PoolerPlan;

  constructor(cluster: Cluster, { pooler }: PgBouncerArgs) {
    super('pgbouncer', cluster);
    this.#pooler = pooler;
    const ini = { 'pgbouncer.ini': pooler.ini, ...pooler.files };
    const users = { 'userlist.txt': renderPoolerUsers(cluster.credentials) };
    this.files = [deployConfigMap(this, 'pgbouncer', ini), deploySecret(this, 'pgbouncer', users)];
    this.registerOutputs({ placement: cluster.plan.settings.pooler.placement });
  }

  /**
   * Runs a tier of bouncers for all pods of the app. One that goes takes no new clients once its
   * address is out of service, and waits until the last client has left: the app renews its client
   * connections well within the grace period.
   */
  deployTier(dependsOn: readonly pulumi.Resource[]): pulumi.Resource {
    const { plan, images } = this.cluster;
    const { drain } = plan.timeouts;
    const { replicas, surge } = countSharedBouncers(plan.settings);
    const ports = { pgbouncer: POOLER_PORT };
    deployService(this, { ports });
    if (hasEachBouncerAddress(plan.settings))
      deployService(this, { name: EACH_BOUNCER, headless: true, ports });
    deployDisruptionBudget(this);
    return new kubernetes.apps.v1.Deployment(
      'pgbouncer',
      {
        metadata: this.metadata('pgbouncer'),
        spec: {
          replicas,
          selector: { matchLabels: selectorLabels(this.environment, 'pgbouncer') },
          strategy: {
            type: 'RollingUpdate',
            rollingUpdate: { maxUnavailable: 0, maxSurge: surge },
          },
          template: podTemplate(this, {
            component: 'pgbouncer',
            serviceAccount: deployServiceAccount(this),
            user: UIDS.kubernetes.pgbouncer,
            graceSeconds: drain.poolerGraceSeconds,
            annotations: startedWith(contentHash({ settings: poolerStartedWith(this.#pooler) })),
            spread: true,
            containers: [
              poolerContainer(images.pgbouncer, {
                ports: { pgbouncer: POOLER_PORT },
                lifecycle: {
                  preStop: { exec: { command: leaveWhenUnused(drain.preStopSeconds) } },
                },
              }),
            ],
          }),
        },
      },
      this.options({
        dependsOn: [...dependsOn, ...this.files],
        withinSeconds: plan.settings.kubernetes.podStartSeconds + ROLLOUT_SECONDS,
      }),
    );
  }

  /**
   * Waits until SHOW CONFIG of every bouncer equals the plan, and fails the update when that does
   * not happen.
   */
  reload(dependsOn: readonly pulumi.Resource[]): pulumi.Resource {
    const { plan, credentials } = this.cluster;
    const content = poolerContent(this.#pooler, credentials);
    return deployCheckpoint(this, {
      name: 'pgbouncer-reloaded',
      hook: 'run-pgbouncer-reload',
      trigger: content,
      work: () => untilBouncersRunPlan(plan.settings, this.#pooler, content),
      dependsOn,
    });
  }

  /**
   * Lets every bouncer replace its server connections after the database was prepared: statements
   * made before a migration fail with "cached plan must not change result type", and role settings
   * reach new server connections only.
   */
  reconnect(
    migrated: kubernetes.batch.v1.Job,
    dependsOn: readonly pulumi.Resource[] = [],
  ): pulumi.Resource {
    return deployCheckpoint(this, {
      name: 'pgbouncer-reconnected',
      hook: 'run-pgbouncer-reconnect',
      // A preview of a Job that is yet to be made knows its metadata, without a uid.
      trigger: migrated.metadata.uid.apply((uid: string | undefined) => uid ?? 'not made yet'),
      work: () => reconnectBouncers(this.cluster.plan.settings),
      dependsOn: [migrated, ...dependsOn],
    });
  }
}

/** Shuts a bouncer down once its address is out of service and its last client has left. */
function leaveWhenUnused(preStopSeconds: number): string[] {
  const shutdown = consoleCommand('SHUTDOWN WAIT_FOR_CLIENTS').map(quote).join(' ');
  return ['sh', '-c', `sleep ${preStopSeconds}; ${shutdown}; while kill -0 1; do sleep 0.2; done`];
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
