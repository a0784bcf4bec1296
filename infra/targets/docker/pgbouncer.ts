import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { restartKeyValues } from '../../../pgbouncer/changes.ts';
import {
  POOLER_CONFIG_DIRECTORY,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
} from '../../settings/standard-names.ts';
import { MEMORY_MIB } from '../../plan/components.ts';
import { BOUNCER_FILE_DESCRIPTORS } from '../../plan/connection-budget.ts';
import type { PoolerPlan } from '../../plan/plan.ts';
import { consoleCommand } from '../../running/console.ts';
import { renderPoolerUsers } from '../../running/pooler-files.ts';
import { contentHash } from '../content-hash.ts';
import type { VolumeMount } from './container.ts';
import { deployImage } from './image.ts';
import { deployOneShot } from './one-shot.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import type { Postgres } from './postgres.ts';
import { deployServer } from './server.ts';
import { deployFiles, type DeployedFiles, deployVolume } from './volumes.ts';

interface PgBouncerArgs {
  readonly pooler: PoolerPlan;
  readonly postgres: Postgres | 'external';
}

/** The bouncer, its configuration, and the reload that brings a changed one into the process. */
export class PgBouncer extends DockerPart<'pgbouncer'> {
  /** Directory of its Unix socket, for the app. */
  readonly socket: VolumeMount;
  /** Is done when the running process has the planned configuration. */
  readonly reloaded: pulumi.Resource;
  readonly #image: pulumi.Output<string>;

  constructor(docker: Docker, args: PgBouncerArgs) {
    super('pgbouncer', docker);
    this.#image = deployImage(this, {
      folder: 'pgbouncer',
      reference: docker.plan.settings.images.pgbouncer,
    });
    this.socket = deployVolume(this, { name: 'pgbouncer-socket', path: POOLER_SOCKET_DIRECTORY });
    const contents = {
      'pgbouncer.ini': args.pooler.ini,
      'userlist.txt': renderPoolerUsers(docker.credentials),
      ...args.pooler.files,
    };
    const config = deployFiles(this, {
      name: 'pgbouncer-files',
      volume: 'pgbouncer-config',
      path: POOLER_CONFIG_DIRECTORY,
      image: this.#image,
      contents,
    });
    const container = this.#server(config, args);
    this.reloaded = this.#reload(contentHash(contents), [config.resource, container]);
    this.registerOutputs({ container: container.name });
  }

  #server(config: DeployedFiles, { pooler, postgres }: PgBouncerArgs): docker.Container {
    const { plan, network } = this.docker;
    const { publishPort } = plan.settings.pooler;
    const isOnEdge = publishPort !== 'off' || postgres === 'external';
    return deployServer(
      this,
      {
        image: this.#image,
        user: 'pgbouncer',
        command: ['pgbouncer', `${POOLER_CONFIG_DIRECTORY}/pgbouncer.ini`],
        mounts: [config.mount, this.socket, ...(postgres === 'external' ? [] : [postgres.socket])],
        attachments: [
          { network: network.internal, aliases: ['pgbouncer'] },
          ...(isOnEdge ? [{ network: network.edge, aliases: [] }] : []),
        ],
        memoryMiB: MEMORY_MIB.pgbouncer,
        fileDescriptors: BOUNCER_FILE_DESCRIPTORS,
        // Only what PgBouncer reads once: everything else is reloaded.
        startedWith: contentHash({ settings: restartKeyValues(pooler.config) }),
        healthTest: ['CMD', ...consoleCommand('SHOW VERSION')],
        stopSignal: 'SIGINT',
        graceSeconds: plan.timeouts.drain.poolerGraceSeconds,
        ports: publishPort === 'off' ? [] : [{ internal: POOLER_PORT, external: publishPort }],
      },
      [config.resource, ...(postgres === 'external' ? [] : [postgres.container])],
    );
  }

  #reload(startedWith: string, dependsOn: readonly pulumi.Resource[]): pulumi.Resource {
    return deployOneShot(
      this,
      {
        name: 'pgbouncer-reload',
        image: this.#image,
        user: 'pgbouncer',
        command: consoleCommand('RELOAD'),
        environmentVariables: { PGCONNECT_TIMEOUT: '10' },
        mounts: [this.socket],
        attachments: [],
        memoryMiB: MEMORY_MIB.pgbouncer,
        stopSignal: 'SIGINT',
        graceSeconds: this.docker.plan.timeouts.drain.closingSeconds,
        startedWith,
      },
      dependsOn,
    );
  }
}
