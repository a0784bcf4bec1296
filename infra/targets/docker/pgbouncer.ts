import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { restartKeyValues } from '../../../pgbouncer/changes.ts';
import {
  POOLER_CONFIG_DIRECTORY,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
} from '../../settings/standard-names.ts';
import { BOUNCER_FILE_DESCRIPTORS } from '../../plan/connection-budget.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan, PoolerPlan } from '../../plan/plan.ts';
import { consoleCommand, renderPoolerUsers } from '../../running/console.ts';
import { contentHash } from '../content-hash.ts';
import type { Engine } from './engine.ts';
import { deployImage } from './image.ts';
import type { Networks } from './networks.ts';
import { deployOneShot } from './one-shot.ts';
import type { DeployedPostgres } from './postgres.ts';
import { deployService } from './service.ts';
import { USERS } from './users.ts';
import { deployFiles, deployVolume, type VolumeMount } from './volumes.ts';

/** A bouncer holds little beside its packet buffers: about 10 KiB a connection, and prepared statements. */
const MEMORY_MIB = 128;

export interface DeployedPooler {
  readonly container: docker.Container;
  /** The directory of its Unix socket, for the app. */
  readonly socket: VolumeMount;
  /** Done when the running process has the planned configuration. */
  readonly reloaded: pulumi.Resource;
}

export function deployPgbouncer(
  engine: Engine,
  networks: Networks,
  plan: Plan,
  pooler: PoolerPlan,
  credentials: Credentials,
  postgres: DeployedPostgres | 'external',
): DeployedPooler {
  const { settings, timeouts } = plan;
  const { environment } = settings;
  const { publishPort } = settings.pooler;
  const image = deployImage({
    environment,
    component: 'pgbouncer',
    folder: 'pgbouncer',
    reference: settings.images.pgbouncer,
  });
  const socket: VolumeMount = {
    volume: deployVolume(environment, 'pgbouncer', 'pgbouncer-socket'),
    path: POOLER_SOCKET_DIRECTORY,
  };
  const config: VolumeMount = {
    volume: deployVolume(environment, 'pgbouncer', 'pgbouncer-config'),
    path: POOLER_CONFIG_DIRECTORY,
  };
  const contents = {
    'pgbouncer.ini': pooler.ini,
    'userlist.txt': renderPoolerUsers(credentials),
    ...pooler.files,
  };
  const files = deployFiles('pgbouncer-files', {
    environment,
    component: 'pgbouncer',
    image,
    mount: config,
    files: contents,
  });
  const container = deployService(
    engine,
    {
      environment,
      component: 'pgbouncer',
      image,
      user: USERS.pgbouncer,
      command: ['pgbouncer', `${POOLER_CONFIG_DIRECTORY}/pgbouncer.ini`],
      mounts: [
        { ...config, readOnly: true },
        socket,
        ...(postgres === 'external' ? [] : [postgres.socket]),
      ],
      attachments: [
        { network: networks.internal, aliases: ['pgbouncer'] },
        ...(publishPort === 'off' && postgres !== 'external'
          ? []
          : [{ network: networks.edge, aliases: [] }]),
      ],
      memoryMiB: MEMORY_MIB,
      fileDescriptors: BOUNCER_FILE_DESCRIPTORS,
      // Only what PgBouncer reads once: everything else is reloaded.
      startedWith: contentHash({ settings: restartKeyValues(pooler.config) }),
      healthTest: ['CMD', ...consoleCommand('SHOW VERSION')],
      stopSignal: 'SIGINT',
      graceSeconds: timeouts.drain.poolerGraceSeconds,
      ports: publishPort === 'off' ? [] : [{ internal: POOLER_PORT, external: publishPort }],
    },
    { dependsOn: [files, ...(postgres === 'external' ? [] : [postgres.container])] },
  );
  const reloaded = deployOneShot(
    {
      environment,
      component: 'pgbouncer-reload',
      image,
      user: USERS.pgbouncer,
      command: consoleCommand('RELOAD'),
      environmentVariables: { PGCONNECT_TIMEOUT: '10' },
      mounts: [socket],
      attachments: [],
      memoryMiB: MEMORY_MIB,
      stopSignal: 'SIGINT',
      graceSeconds: timeouts.drain.closingSeconds,
      startedWith: contentHash(contents),
    },
    [files, container],
  );
  return { container, socket, reloaded };
}
