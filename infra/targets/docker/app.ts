import type * as pulumi from '@pulumi/pulumi';
import { handToMigration } from '../../app/program.ts';
import { renderMonitoringPlan } from '../../app/monitoring-plan.ts';
import type { AppProgram } from '../../plan/app-program.ts';
import { MEMORY_MIB } from '../../plan/components.ts';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { contentHash } from '../content-hash.ts';
import { ourContainer, programContainer, publishedPorts } from './app-container.ts';
import type { Database } from './database.ts';
import { deployImage } from './image.ts';
import { deployOneShot } from './one-shot.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import { deployServer } from './server.ts';
import { deployFiles, type DeployedFiles } from './volumes.ts';

interface AppArgs {
  readonly database: Database;
  /** Is done when what our own image is built from is there. */
  readonly bundled?: Promise<void>;
}

/** The app, ours or any image. */
export class App extends DockerPart<'app'> {
  readonly image: pulumi.Output<string>;
  readonly #database: Database;

  constructor(docker: Docker, { database, bundled }: AppArgs) {
    super('app', docker);
    const { app, settings } = docker.plan;
    this.image = deployImage(this, {
      folder: 'app',
      reference: app === 'ours' ? settings.images.app : app.image,
      ...(bundled === undefined ? {} : { made: bundled }),
    });
    this.#database = database;
  }

  /** Starts the container once these are done, and the schema is up to date. */
  start(dependsOn: readonly pulumi.Resource[]): void {
    const { plan, credentials, network } = this.docker;
    const { app, timeouts } = plan;
    const { memoryMiB, cpus } = plan.settings.app;
    const isOurs = app === 'ours';
    const { files, ports, ...shape } = isOurs
      ? ourContainer(plan, credentials)
      : programContainer(app, plan, credentials);
    const secrets = deployFiles(this, {
      name: 'app-files',
      volume: 'app-secrets',
      path: SECRETS_DIRECTORY,
      image: this.image,
      contents: files,
    });
    const read = isOurs ? [this.#plannedLimits()] : [];
    const migrated =
      isOurs || app.migrate === 'off' ? [] : [this.#migrate(app, app.migrate, dependsOn)];
    const container = deployServer(
      this,
      {
        ...shape,
        image: this.image,
        mounts: [
          secrets.mount,
          ...read.map(({ mount }) => mount),
          ...(isOurs ? this.#database.sockets : []),
        ],
        attachments: [
          { network: network.internal, aliases: ['app'] },
          { network: network.edge, aliases: [] },
        ],
        memoryMiB,
        cpus,
        startedWith: contentHash(files),
        init: true,
        stopSignal: 'SIGTERM',
        graceSeconds: timeouts.drain.appGraceSeconds,
        ports: publishedPorts(ports),
      },
      [secrets.resource, ...read.map(({ resource }) => resource), ...dependsOn, ...migrated],
    );
    this.registerOutputs({ container: container.name, image: this.image });
  }

  /** Runs the image's own migrations to their end, before its container starts. */
  #migrate(
    program: AppProgram,
    entrypoint: readonly string[],
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource {
    const { plan, credentials, network } = this.docker;
    const { variables, secrets, files } = handToMigration(program, plan, credentials);
    const deployed = deployFiles(this, {
      name: 'app-migrate-files',
      volume: 'app-migrate-secrets',
      path: SECRETS_DIRECTORY,
      image: this.image,
      contents: files,
    });
    const isElsewhere = plan.settings.postgres.external !== undefined;
    return deployOneShot(
      this,
      {
        name: 'app-migrate',
        image: this.image,
        user: program.user,
        entrypoint,
        environmentVariables: variables,
        secretVariables: secrets,
        mounts: [deployed.mount],
        scratch: ['/tmp'],
        attachments: [{ network: isElsewhere ? network.edge : network.internal, aliases: [] }],
        memoryMiB: Math.max(plan.settings.app.memoryMiB, MEMORY_MIB.migrate),
        stopSignal: 'SIGTERM',
        graceSeconds: plan.timeouts.drain.closingSeconds,
        startedWith: contentHash(files),
      },
      [deployed.resource, ...dependsOn],
    );
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
