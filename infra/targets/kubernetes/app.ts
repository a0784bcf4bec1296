import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { handToMigration } from '../../app/program.ts';
import { MONITORING_PLAN_FILE } from '../../settings/standard-names.ts';
import { renderMonitoringPlan } from '../../app/monitoring-plan.ts';
import { locate } from '../../plan/addresses.ts';
import type { AppProgram } from '../../plan/app-program.ts';
import { MEMORY_MIB } from '../../plan/components.ts';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import type { PoolerPlan } from '../../plan/pooler.ts';
import type { Settings } from '../../settings/settings.ts';
import { contentHash } from '../content-hash.ts';
import { type AppContainer, ourContainer, programContainer } from './app-container.ts';
import { poolerContainer, poolerSocket, poolerStartedWith } from './bouncer-container.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { deployIngress } from './ingress.ts';
import { startedWith } from './metadata.ts';
import { deployConfigMap, deploySecret } from './mounted-files.ts';
import { deployOneShot } from './one-shot.ts';
import { podTemplate, scratch } from './pod.ts';
import { deployDisruptionBudget, deployService, deployServiceAccount } from './service.ts';

/** A pod that becomes ready and dies at once must not count as progress. */
const MIN_READY_SECONDS = 2;
const CPU_REQUEST_SHARE = 0.25;
const TARGET_CPU_PERCENT = 70;
/**
 * From a pod's creation until the next one may follow, on a slow day: image, bouncer, app, first
 * query.
 */
const POD_SECONDS = 30;

/** The app, and the ways to it. */
export class App extends KubernetesPart<'app'> {
  /** The planned limits, which every pod reads again when they change. */
  readonly limits: readonly pulumi.Resource[];
  /** The bouncer in each of its pods. */
  readonly #sidecar: PoolerPlan | 'none';

  readonly #container: AppContainer;

  constructor(cluster: Cluster) {
    super('app', cluster);
    const { plan } = cluster;
    const isBeside = plan.settings.pooler.placement !== 'shared';
    this.#sidecar = isBeside && plan.pooler !== 'off' ? plan.pooler : 'none';
    this.#container =
      plan.app === 'ours' ? ourContainer(cluster) : programContainer(plan.app, cluster);
    this.limits =
      plan.app === 'ours'
        ? [
            deployConfigMap(this, 'app-monitoring', {
              [MONITORING_PLAN_FILE]: renderMonitoringPlan(plan),
            }),
          ]
        : [];
  }

  /**
   * Rolls the pods out once these are done.
   * @returns a resource that is done when the rollout has come to its end.
   */
  start(dependsOn: readonly pulumi.Resource[]): pulumi.Resource {
    const { settings, app } = this.cluster.plan;
    const { replicas, maxReplicas } = settings.app;
    const { files, container } = this.#container;
    const secret = deploySecret(this, 'app', files);
    const { admin, ...ports } = container.ports ?? {};
    deployService(this, { ports });
    if (admin !== undefined) deployService(this, { name: 'app-admin', ports: { admin } });
    if (maxReplicas > 1) deployDisruptionBudget(this);
    const serviceAccount = deployServiceAccount(this);
    const migrated =
      app === 'ours' || app.migrate === 'off'
        ? []
        : [this.#migrate(app, { command: app.migrate, serviceAccount, dependsOn })];
    const isScaled = maxReplicas > replicas;
    const deployment = new kubernetes.apps.v1.Deployment(
      'app',
      this.#deployment(serviceAccount),
      this.options({
        dependsOn: [secret, ...this.limits, ...dependsOn, ...migrated],
        withinSeconds: rolloutSeconds(settings),
        ignoreChanges: isScaled ? ['spec.replicas'] : [],
      }),
    );
    if (isScaled) this.#scale(deployment);
    deployIngress(this);
    this.registerOutputs({ deployment: deployment.metadata.name });
    return deployment;
  }

  /** Runs the image's own migrations to their end, before its pods start. */
  #migrate(
    program: AppProgram,
    {
      command,
      ...rest
    }: {
      readonly command: readonly string[];
      readonly serviceAccount: pulumi.Input<string>;
      readonly dependsOn: readonly pulumi.Resource[];
    },
  ): pulumi.Resource {
    const { plan, credentials } = this.cluster;
    const { variables, secrets, files } = handToMigration(program, plan, credentials);
    const name = 'app-migrate';
    return deployOneShot(this, {
      ...rest,
      name,
      image: program.image,
      command,
      environmentVariables: variables,
      secretVariables: { secretName: name, names: Object.keys(secrets) },
      mounts: [scratch('tmp', '/tmp')],
      memoryMiB: Math.max(plan.settings.app.memoryMiB, MEMORY_MIB.migrate),
      files,
      madeFrom: {
        image: program.image,
        command: JSON.stringify(command),
        variables: JSON.stringify(variables),
      },
      waitsFor: locate(plan.settings).postgres,
      user: program.user,
    });
  }

  #deployment(serviceAccount: pulumi.Input<string>): kubernetes.apps.v1.DeploymentArgs {
    const { plan, images } = this.cluster;
    const { settings, timeouts } = plan;
    const { files, user, container } = this.#container;
    const sidecar = this.#sidecar;
    const readOnce = {
      ...files,
      ...(sidecar === 'none' ? {} : { pooler: poolerStartedWith(sidecar) }),
    };
    const { memoryMiB, cpus } = settings.app;
    return {
      metadata: this.metadata('app'),
      spec: {
        replicas: settings.app.replicas,
        selector: { matchLabels: selectorLabels(this.environment, 'app') },
        minReadySeconds: MIN_READY_SECONDS,
        progressDeadlineSeconds: settings.kubernetes.podStartSeconds,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: 0, maxSurge: settings.app.maxSurge },
        },
        template: podTemplate(this, {
          component: 'app',
          serviceAccount,
          user,
          graceSeconds: timeouts.drain.appGraceSeconds,
          annotations: startedWith(contentHash(readOnce)),
          spread: true,
          sidecars: sidecar === 'none' ? [] : [poolerContainer(images.pgbouncer)],
          containers: [
            {
              ...container,
              name: 'app',
              mounts: [...container.mounts, ...(sidecar === 'none' ? [] : [poolerSocket])],
              memoryMiB,
              cpus: { request: cpus * CPU_REQUEST_SHARE, limit: cpus },
              // Its address goes out of service beside SIGTERM, not before it: until every node
              // knows, requests still come.
              lifecycle: { preStop: { sleep: { seconds: timeouts.drain.preStopSeconds } } },
            },
          ],
        }),
      },
    };
  }

  /** Keeps between `replicas` and `maxReplicas` pods, by CPU; the budget has counted them all. */
  #scale(deployment: kubernetes.apps.v1.Deployment): void {
    const { replicas, maxReplicas } = this.cluster.plan.settings.app;
    new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
      'app-autoscaler',
      {
        metadata: this.metadata('app'),
        spec: {
          minReplicas: replicas,
          maxReplicas,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
          metrics: [
            {
              type: 'Resource',
              resource: {
                name: 'cpu',
                target: { type: 'Utilization', averageUtilization: TARGET_CPU_PERCENT },
              },
            },
          ],
        },
      },
      this.options({ dependsOn: [deployment] }),
    );
  }
}

/**
 * Returns when Pulumi's provider gives up a rollout: it waits for the whole one, also when it makes
 * no progress any more.
 */
function rolloutSeconds({
  app: { maxReplicas, maxSurge },
  kubernetes: { podStartSeconds },
}: Settings): number {
  return podStartSeconds + Math.ceil(maxReplicas / maxSurge) * POD_SECONDS;
}
