import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { renderAppEnvironment } from '../../app/environment.ts';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { appSecretFiles } from '../../app/secret-files.ts';
import { renderMonitoringPlan } from '../../app/monitoring-plan.ts';
import { UIDS } from '../../plan/components.ts';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import type { PoolerPlan } from '../../plan/pooler.ts';
import type { Settings } from '../../settings/settings.ts';
import { contentHash } from '../content-hash.ts';
import { poolerContainer, poolerSocket, poolerStartedWith } from './bouncer-container.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { deployIngress } from './ingress.ts';
import { startedWith } from './metadata.ts';
import { configMount, deployConfigMap, deploySecret, secretMount } from './mounted-files.ts';
import { type ContainerShape, podTemplate } from './pod.ts';
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
  readonly limits: pulumi.Resource;
  /** The bouncer in each of its pods. */
  readonly #sidecar: PoolerPlan | 'none';

  constructor(cluster: Cluster) {
    super('app', cluster);
    const { plan } = cluster;
    const isBeside = plan.settings.pooler.placement !== 'shared';
    this.#sidecar = isBeside && plan.pooler !== 'off' ? plan.pooler : 'none';
    this.limits = deployConfigMap(this, 'app-monitoring', {
      [MONITORING_PLAN_FILE]: renderMonitoringPlan(plan),
    });
  }

  /**
   * Rolls the pods out once these are done.
   * @returns a resource that is done when the rollout has come to its end.
   */
  start(dependsOn: readonly pulumi.Resource[]): pulumi.Resource {
    const { plan, credentials } = this.cluster;
    const { settings } = plan;
    const { replicas, maxReplicas, port, adminPort } = settings.app;
    const contents = appSecretFiles(plan, credentials);
    const secret = deploySecret(this, 'app', contents);
    deployService(this, { ports: { http: port } });
    deployService(this, { name: 'app-admin', ports: { admin: adminPort } });
    if (maxReplicas > 1) deployDisruptionBudget(this);
    const isScaled = maxReplicas > replicas;
    const deployment = new kubernetes.apps.v1.Deployment(
      'app',
      this.#deployment(contents),
      this.options({
        dependsOn: [secret, this.limits, ...dependsOn],
        withinSeconds: rolloutSeconds(settings),
        ignoreChanges: isScaled ? ['spec.replicas'] : [],
      }),
    );
    if (isScaled) this.#scale(deployment);
    deployIngress(this);
    this.registerOutputs({ deployment: deployment.metadata.name });
    return deployment;
  }

  #deployment(secrets: Readonly<Record<string, string>>): kubernetes.apps.v1.DeploymentArgs {
    const { plan, images } = this.cluster;
    const { settings, timeouts } = plan;
    const sidecar = this.#sidecar;
    const readOnce = {
      ...secrets,
      ...(sidecar === 'none' ? {} : { pooler: poolerStartedWith(sidecar) }),
    };
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
          serviceAccount: deployServiceAccount(this),
          user: UIDS.kubernetes.app,
          graceSeconds: timeouts.drain.appGraceSeconds,
          annotations: startedWith(contentHash(readOnce)),
          spread: true,
          sidecars: sidecar === 'none' ? [] : [poolerContainer(images.pgbouncer)],
          containers: [this.#container()],
        }),
      },
    };
  }

  #container(): ContainerShape {
    const { plan, images } = this.cluster;
    const { app } = plan.settings;
    const ask = (path: string) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 5 });
    return {
      name: 'app',
      image: images.app,
      environmentVariables: { ...renderAppEnvironment(plan) },
      mounts: [
        secretMount('secrets', 'app', SECRETS_DIRECTORY),
        configMount('monitoring', 'app-monitoring', MONITORING_DIRECTORY),
        ...(this.#sidecar === 'none' ? [] : [poolerSocket]),
      ],
      memoryMiB: app.memoryMiB,
      cpus: { request: app.cpus * CPU_REQUEST_SHARE, limit: app.cpus },
      ports: { http: app.port, admin: app.adminPort },
      probes: {
        startup: { ...ask('/livez'), periodSeconds: 1, failureThreshold: 60 },
        // Through the pooler to the database: a pod that cannot do that gets no requests.
        readiness: { ...ask('/readyz'), periodSeconds: 2, failureThreshold: 3 },
        liveness: { ...ask('/livez'), periodSeconds: 10, failureThreshold: 3 },
      },
      // Its address goes out of service beside SIGTERM, not before it: until every node knows,
      // requests still come.
      lifecycle: { preStop: { sleep: { seconds: plan.timeouts.drain.preStopSeconds } } },
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
