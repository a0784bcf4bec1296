import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { appSecretFiles } from '../../app/secret-files.ts';
import { planPreparation } from '../../app/preparation.ts';
import { renderAppEnvironment } from '../../app/environment.ts';
import type { Credentials } from '../../credentials.ts';
import { renderMonitoringPlan } from '../../app/monitoring-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { contentHash } from '../content-hash.ts';
import type { Engine } from './engine.ts';
import type { Networks } from './networks.ts';
import { deployOneShot } from './one-shot.ts';
import { deployService } from './service.ts';
import { USERS } from './users.ts';
import { deployFiles, deployVolume, type VolumeMount } from './volumes.ts';

const MIGRATE_MEMORY_MIB = 256;

export interface AppSurroundings {
  readonly engine: Engine;
  readonly networks: Networks;
  readonly plan: Plan;
  readonly credentials: Credentials;
  readonly image: pulumi.Input<string>;
}

/** Where the app finds the planned limits. */
export interface PlannedLimits {
  readonly mount: VolumeMount;
  readonly files: pulumi.Resource;
}

/** The blocking one-shot: roles, grants, timeouts, migrations, RECONNECT. Its resource is done only when the database is ready. */
export function deployMigrate(
  { networks, plan, credentials, image }: AppSurroundings,
  sockets: readonly VolumeMount[],
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const { environment } = plan.settings;
  const secrets: VolumeMount = {
    volume: deployVolume(environment, 'migrate', 'migrate-secrets'),
    path: SECRETS_DIRECTORY,
  };
  const contents = { 'preparation.json': JSON.stringify(planPreparation(plan, credentials)) };
  const files = deployFiles('migrate-files', {
    environment,
    component: 'migrate',
    image,
    mount: secrets,
    files: contents,
  });
  return deployOneShot(
    {
      environment,
      component: 'migrate',
      image,
      user: USERS.app,
      command: ['migrate.js'],
      environmentVariables: { PREPARATION_FILE: `${SECRETS_DIRECTORY}/preparation.json` },
      mounts: [{ ...secrets, readOnly: true }, ...sockets],
      attachments:
        plan.settings.postgres.external === undefined
          ? []
          : [{ network: networks.edge, aliases: [] }],
      memoryMiB: MIGRATE_MEMORY_MIB,
      stopSignal: 'SIGTERM',
      graceSeconds: plan.timeouts.drain.closingSeconds,
      startedWith: contentHash(contents),
    },
    [files, ...dependsOn],
  );
}

export function deployApp(
  surroundings: AppSurroundings,
  sockets: readonly VolumeMount[],
  limits: PlannedLimits,
  dependsOn: pulumi.Resource[],
): docker.Container {
  const { engine, networks, plan, credentials, image } = surroundings;
  const { settings, timeouts } = plan;
  const { environment, app } = settings;
  const secrets: VolumeMount = {
    volume: deployVolume(environment, 'app', 'app-secrets'),
    path: SECRETS_DIRECTORY,
  };
  const contents = appSecretFiles(plan, credentials);
  const files = deployFiles('app-files', {
    environment,
    component: 'app',
    image,
    mount: secrets,
    files: contents,
  });
  return deployService(
    engine,
    {
      environment,
      component: 'app',
      image,
      user: USERS.app,
      environmentVariables: renderAppEnvironment(plan),
      mounts: [{ ...secrets, readOnly: true }, { ...limits.mount, readOnly: true }, ...sockets],
      attachments: [
        { network: networks.internal, aliases: ['app'] },
        { network: networks.edge, aliases: [] },
      ],
      memoryMiB: app.memoryMiB,
      cpus: app.cpus,
      startedWith: contentHash(contents),
      healthTest: ['CMD', 'bash', '/app/healthcheck.sh'],
      init: true,
      stopSignal: 'SIGTERM',
      graceSeconds: timeouts.drain.appGraceSeconds,
      ports: [...new Set([app.port, app.adminPort])].map((port) => ({
        internal: port,
        external: port,
      })),
    },
    { dependsOn: [files, limits.files, ...dependsOn] },
  );
}

/**
 * The planned limits in a volume of their own, which the app reads again when they change: a setting that is reloaded must
 * not replace it. `dependsOn` is what must run on them before, and nothing else: what the app reads is never ahead of
 * PgBouncer, and behind it only for a moment, which is too short to be drift.
 */
export function deployPlannedLimits(
  { plan, image }: AppSurroundings,
  dependsOn: pulumi.Resource[],
): PlannedLimits {
  const { environment } = plan.settings;
  const mount: VolumeMount = {
    volume: deployVolume(environment, 'app', 'app-monitoring'),
    path: MONITORING_DIRECTORY,
  };
  const files = deployFiles(
    'app-monitoring-files',
    {
      environment,
      component: 'app',
      image,
      mount,
      files: { [MONITORING_PLAN_FILE]: renderMonitoringPlan(plan) },
    },
    { dependsOn },
  );
  return { mount, files };
}
