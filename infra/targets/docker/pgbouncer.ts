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
import type { PoolerPlan, PoolerProcess } from '../../plan/pooler.ts';
import { consoleCommand, consoleCommandAt } from '../../running/console.ts';
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

interface ServerArgs extends PgBouncerArgs {
  readonly config: DeployedFiles;
  readonly publishPort: number | 'off';
  /** The process that is started or replaced before it. */
  readonly after: readonly pulumi.Resource[];
}

/** The bouncers, their configuration, and the reload that brings a changed one into each. */
export class PgBouncer extends DockerPart<'pgbouncer'> {
  /** Directory of their Unix sockets, for the app. */
  readonly socket: VolumeMount;
  /** Is done when every process has the planned configuration. */
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
      ...Object.fromEntries(
        [args.pooler, ...args.pooler.others].map(({ name, ini }) => [`${name}.ini`, ini]),
      ),
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
    const { publishPort } = docker.plan.settings.pooler;
    const containers = [this.#server(args.pooler, { ...args, config, publishPort, after: [] })];
    // Each waits for the one before it: a change that replaces them leaves all but one to clients.
    for (const process of args.pooler.others)
      containers.push(
        this.#server(process, {
          ...args,
          config,
          publishPort: 'off',
          after: containers.slice(-1),
        }),
      );
    this.reloaded = this.#reload(args.pooler, contentHash(contents), [
      config.resource,
      ...containers,
    ]);
    this.registerOutputs({ container: containers[0]?.name });
  }

  /** Runs one process. */
  #server({ name, socketDirectory }: PoolerProcess, args: ServerArgs): docker.Container {
    const { pooler, postgres, config, publishPort, after } = args;
    const { plan, network } = this.docker;
    const isOnEdge = publishPort !== 'off' || postgres === 'external';
    const start = ['pgbouncer', `${POOLER_CONFIG_DIRECTORY}/${name}.ini`];
    return deployServer(
      this,
      {
        name,
        image: this.#image,
        user: 'pgbouncer',
        command:
          socketDirectory === POOLER_SOCKET_DIRECTORY ? start : inDirectory(socketDirectory, start),
        mounts: [config.mount, this.socket, ...(postgres === 'external' ? [] : [postgres.socket])],
        attachments: [
          { network: network.internal, aliases: ['pgbouncer'] },
          ...(isOnEdge ? [{ network: network.edge, aliases: [] }] : []),
        ],
        memoryMiB: MEMORY_MIB.pgbouncer,
        fileDescriptors: BOUNCER_FILE_DESCRIPTORS,
        // Only what PgBouncer reads once: everything else is reloaded.
        startedWith: contentHash({ settings: restartKeyValues(pooler.config) }),
        healthTest: ['CMD', ...consoleCommandAt(socketDirectory, 'SHOW VERSION')],
        stopSignal: 'SIGINT',
        graceSeconds: plan.timeouts.drain.poolerGraceSeconds,
        ports: publishPort === 'off' ? [] : [{ internal: POOLER_PORT, external: publishPort }],
      },
      [config.resource, ...(postgres === 'external' ? [] : [postgres.container]), ...after],
    );
  }

  #reload(
    { others }: PoolerPlan,
    startedWith: string,
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource {
    const directories = others.map(({ socketDirectory }) => socketDirectory);
    return deployOneShot(
      this,
      {
        name: 'pgbouncer-reload',
        image: this.#image,
        user: 'pgbouncer',
        command:
          directories.length === 0
            ? consoleCommand('RELOAD')
            : reloadEach([POOLER_SOCKET_DIRECTORY, ...directories]),
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

/** Makes the directory of a socket in the volume, which begins with that of the first one only. */
const inDirectory = (directory: string, start: readonly string[]): string[] => [
  'sh',
  '-c',
  'mkdir -p "$0" && exec "$@"',
  directory,
  ...start,
];

/** Tells every process, also behind one that fails, and fails when one did. */
const reloadEach = (directories: readonly string[]): string[] => [
  'sh',
  '-c',
  // The last --host counts.
  'failed=0; for host in $0; do "$@" --host "$host" || failed=1; done; exit $failed',
  directories.join(' '),
  ...consoleCommand('RELOAD'),
];
