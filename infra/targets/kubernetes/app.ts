import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { appSecretFiles } from '../../app/secret-files.ts';
import { renderAppEnvironment } from '../../app/environment.ts';
import type { Credentials } from '../../credentials.ts';
import { renderMonitoringPlan } from '../../app/monitoring-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Settings } from '../../settings/settings.ts';
import { contentHash } from '../content-hash.ts';
import { type Cluster, startedWith } from './cluster.ts';
import { within } from './deadline.ts';
import type { DeployedImages } from './images.ts';
import { APP_USER } from './migrate.ts';
import { configMount, deployConfigMap, deploySecret, secretMount } from './mounted-files.ts';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import { poolerContainer, poolerSocket, poolerStartedWith } from './pgbouncer.ts';
import { type ContainerShape, type PodMount, podTemplate } from './pod.ts';
import { deployDisruptionBudget, deployService, deployServiceAccount } from './service.ts';

/** A pod that becomes ready and dies at once must not count as progress. */
const MIN_READY_SECONDS = 2;
const CPU_REQUEST_SHARE = 0.25;
const TARGET_CPU_PERCENT = 70;
/** From a pod's creation until the next one may follow, on a slow day: image, bouncer, app, first query. */
const POD_SECONDS = 30;

/** The planned limits, which every pod reads again when they change. */
export function deployPlannedLimits(cluster: Cluster, plan: Plan): kubernetes.core.v1.ConfigMap {
  return deployConfigMap(cluster, 'app', 'app-monitoring', {
    [MONITORING_PLAN_FILE]: renderMonitoringPlan(plan),
  });
}

export function deployApp(
  cluster: Cluster,
  images: DeployedImages,
  plan: Plan,
  credentials: Credentials,
  dependsOn: readonly pulumi.Resource[],
): kubernetes.apps.v1.Deployment {
  const { settings, timeouts } = plan;
  const { replicas, maxReplicas, maxSurge, port, adminPort } = settings.app;
  const contents = appSecretFiles(plan, credentials);
  const secret = deploySecret(cluster, 'app', 'app', contents);
  const labels = selectorLabels(cluster.environment, 'app');
  deployService(cluster, 'app', { ports: { http: port } });
  deployService(cluster, 'app', { name: 'app-admin', ports: { admin: adminPort } });
  if (maxReplicas > 1) deployDisruptionBudget(cluster, 'app');
  const sidecar = sidecarOf(plan, images);
  const isScaled = maxReplicas > replicas;
  const deployment = new kubernetes.apps.v1.Deployment(
    'app',
    {
      metadata: cluster.metadata('app', 'app'),
      spec: {
        replicas,
        selector: { matchLabels: labels },
        minReadySeconds: MIN_READY_SECONDS,
        progressDeadlineSeconds: settings.kubernetes.podStartSeconds,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge } },
        template: podTemplate(cluster, {
          component: 'app',
          serviceAccount: deployServiceAccount(cluster, 'app'),
          user: APP_USER,
          graceSeconds: timeouts.drain.appGraceSeconds,
          annotations: startedWith(
            contentHash({
              ...contents,
              ...(plan.pooler === 'off' || sidecar === undefined
                ? {}
                : { pooler: poolerStartedWith(plan.pooler) }),
            }),
          ),
          spread: true,
          sidecars: sidecar === undefined ? [] : [sidecar],
          containers: [appContainer(plan, images, sidecar === undefined ? [] : [poolerSocket])],
        }),
      },
    },
    {
      ...cluster.options([secret, ...dependsOn]),
      ...within(rolloutSeconds(settings)),
      ignoreChanges: isScaled ? ['spec.replicas'] : [],
    },
  );
  if (isScaled) deployAutoscaler(cluster, plan, deployment);
  return deployment;
}

/** Pulumi's provider waits for the whole rollout, also when it makes no progress any more: this is when it gives up. */
function rolloutSeconds({
  app: { maxReplicas, maxSurge },
  kubernetes: { podStartSeconds },
}: Settings): number {
  return podStartSeconds + Math.ceil(maxReplicas / maxSurge) * POD_SECONDS;
}

function sidecarOf({ pooler, settings }: Plan, images: DeployedImages): ContainerShape | undefined {
  return pooler === 'off' || settings.pooler.placement === 'shared'
    ? undefined
    : poolerContainer(images.pgbouncer);
}

function appContainer(
  plan: Plan,
  images: DeployedImages,
  sockets: readonly PodMount[],
): ContainerShape {
  const { app } = plan.settings;
  const ask = (path: string) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 5 });
  return {
    name: 'app',
    image: images.app,
    environmentVariables: { ...renderAppEnvironment(plan) },
    mounts: [
      secretMount('secrets', 'app', SECRETS_DIRECTORY),
      configMount('monitoring', 'app-monitoring', MONITORING_DIRECTORY),
      ...sockets,
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
    // Its address goes out of service beside SIGTERM, not before it: until every node knows, requests still come.
    lifecycle: { preStop: { sleep: { seconds: plan.timeouts.drain.preStopSeconds } } },
  };
}

/** Between `replicas` and `maxReplicas`, by CPU; the budget has counted them all. */
function deployAutoscaler(
  cluster: Cluster,
  { settings }: Plan,
  deployment: kubernetes.apps.v1.Deployment,
): void {
  const { replicas, maxReplicas } = settings.app;
  new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
    'app-autoscaler',
    {
      metadata: cluster.metadata('app', 'app'),
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
    cluster.options([deployment]),
  );
}
