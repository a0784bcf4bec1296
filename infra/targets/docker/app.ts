import type * as pulumi from '@pulumi/pulumi';
import { renderAppEnvironment } from '../../app/environment.ts';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { appSecretFiles } from '../../app/secret-files.ts';
import { renderMonitoringPlan } from '../../app/monitoring-plan.ts';
import { contentHash } from '../content-hash.ts';
import type { Database } from './database.ts';
import { deployImage } from './image.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import { deployServer } from './server.ts';
import { deployFiles, type DeployedFiles } from './volumes.ts';

interface AppArgs {
  readonly database: Database;
  /** Is done when what our own image is built from is there. */
  readonly bundled?: Promise<void>;
}

/** The app. Its image is there first, since the one-shot runs in it before the app may start. */
export class App extends DockerPart<'app'> {
  readonly image: pulumi.Output<string>;
  readonly #database: Database;

  constructor(docker: Docker, { database, bundled }: AppArgs) {
    super('app', docker);
    this.image = deployImage(this, {
      folder: 'app',
      reference: docker.plan.settings.images.app,
      ...(bundled === undefined ? {} : { made: bundled }),
    });
    this.#database = database;
  }

  /** Starts the container once these are done. */
  start(dependsOn: readonly pulumi.Resource[]): void {
    const { plan, credentials, network } = this.docker;
    const { app } = plan.settings;
    const contents = appSecretFiles(plan, credentials);
    const secrets = deployFiles(this, {
      name: 'app-files',
      volume: 'app-secrets',
      path: SECRETS_DIRECTORY,
      image: this.image,
      contents,
    });
    const limits = this.#plannedLimits();
    const container = deployServer(
      this,
      {
        image: this.image,
        user: 'app',
        environmentVariables: renderAppEnvironment(plan),
        mounts: [secrets.mount, limits.mount, ...this.#database.sockets],
        attachments: [
          { network: network.internal, aliases: ['app'] },
          { network: network.edge, aliases: [] },
        ],
        memoryMiB: app.memoryMiB,
        cpus: app.cpus,
        startedWith: contentHash(contents),
        healthTest: ['CMD', 'bash', '/app/healthcheck.sh'],
        init: true,
        stopSignal: 'SIGTERM',
        graceSeconds: plan.timeouts.drain.appGraceSeconds,
        ports: [...new Set([app.port, app.adminPort])].map((port) => ({
          internal: port,
          external: port,
        })),
      },
      [secrets.resource, limits.resource, ...dependsOn],
    );
    this.registerOutputs({ container: container.name, image: this.image });
  }

  /**
   * Brings the planned limits into a volume of their own, which the app reads again when they
   * change: a setting that is reloaded must not replace it. They wait for the servers that run on
   * them and for nothing else, so that what the app reads is never ahead of PgBouncer, and behind
   * it only for a moment, which is too short to be drift.
   */
  #plannedLimits(): DeployedFiles {
    return deployFiles(this, {
      name: 'app-monitoring-files',
      volume: 'app-monitoring',
      path: MONITORING_DIRECTORY,
      image: this.image,
      contents: { [MONITORING_PLAN_FILE]: renderMonitoringPlan(this.docker.plan) },
      dependsOn: this.#database.asPlanned,
    });
  }
}
