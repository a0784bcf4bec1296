import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { HEALTHY_WITHIN_SECONDS } from '../../plan/timeouts.ts';
import { type DockerComponent, dockerLabels, dockerName } from '../../plan/docker-names.ts';
import type { Engine } from './engine.ts';
import { stopping, type StopSignal } from './stopping.ts';
import type { VolumeMount } from './volumes.ts';

export interface Attachment {
  readonly network: docker.Network;
  /** Names under which others on this network find the container. */
  readonly aliases: readonly string[];
}

/** A container as we run all of ours; what differs between them. */
export interface ContainerShape {
  readonly environment: string;
  readonly component: DockerComponent;
  readonly image: pulumi.Input<string>;
  readonly command?: readonly string[];
  readonly environmentVariables?: Readonly<Record<string, string>>;
  readonly mounts: readonly VolumeMount[];
  /** Directories that must be writable, each a small memory file system. */
  readonly scratch?: readonly string[];
  readonly attachments: readonly Attachment[];
  readonly memoryMiB: number;
  /** A change of it replaces the container: what it read at its start. */
  readonly startedWith?: string;
  readonly stopSignal: StopSignal;
  readonly graceSeconds: number;
  /** `uid:gid`, one of `USERS`. */
  readonly user: string;
}

export interface ServiceShape extends ContainerShape {
  readonly cpus?: number;
  readonly sharedMemoryMiB?: number;
  readonly fileDescriptors?: number;
  readonly healthTest: readonly string[];
  /** Lets the engine's small init be process 1: until it has handlers of its own, process 1 loses every signal. */
  readonly init?: true;
  /** Published on the loopback address alone. */
  readonly ports?: readonly { readonly internal: number; readonly external: number }[];
}

/** Engines without a start interval probe at one pace for ever: often enough to start quickly, seldom enough to cost little. */
const ONE_PACE = { interval: '3s' };
const TWO_PACES = { interval: '15s', startInterval: '500ms', startPeriod: '60s' };

/** A long-running server: deployed only when its health check passes, stopped by its own signal within its own grace. */
export function deployService(
  engine: Engine,
  shape: ServiceShape,
  options: pulumi.CustomResourceOptions,
): docker.Container {
  const {
    component,
    healthTest,
    ports = [],
    init = false,
    cpus,
    sharedMemoryMiB,
    fileDescriptors,
  } = shape;
  return new docker.Container(
    component,
    {
      ...hardened(shape),
      restart: 'unless-stopped',
      healthcheck: {
        tests: [...healthTest],
        timeout: '5s',
        retries: 5,
        ...(engine.hasStartInterval ? TWO_PACES : ONE_PACE),
      },
      ...(init ? { init } : {}),
      wait: true,
      waitTimeout: HEALTHY_WITHIN_SECONDS,
      // Nothing is published beyond this machine.
      ports: ports.map((port) => ({ ...port, ip: '127.0.0.1' })),
      ...(cpus === undefined ? {} : { cpus: engineDecimal(cpus) }),
      ...(sharedMemoryMiB === undefined ? {} : { shmSize: sharedMemoryMiB }),
      ...(fileDescriptors === undefined
        ? {}
        : { ulimits: [{ name: 'nofile', soft: fileDescriptors, hard: fileDescriptors }] }),
    },
    // The provider reports a changed health check as an update and does not apply it.
    { ...options, replaceOnChanges: ['healthcheck'] },
  );
}

/** What is the same for servers and one-shots: nothing to write to, nothing to become, nothing to fill a disk with. */
export function hardened(shape: ContainerShape): docker.ContainerArgs {
  const {
    environment,
    component,
    image,
    command,
    environmentVariables = {},
    mounts,
    scratch = [],
    attachments,
    memoryMiB,
    startedWith,
    user,
  } = shape;
  return {
    name: dockerName(environment, component),
    image,
    ...(command === undefined ? {} : { command: [...command] }),
    envs: Object.entries(environmentVariables)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
    labels: [
      ...dockerLabels(environment, component),
      ...(startedWith === undefined ? [] : [{ label: 'started-with', value: startedWith }]),
    ],
    ...stopping(shape.stopSignal, shape.graceSeconds),
    user,
    readOnly: true,
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges:true'],
    memory: memoryMiB,
    // No swap: a server that swaps is slower than one that is full. Unset, the engine fills it in and the next preview takes it out.
    memorySwap: memoryMiB,
    logDriver: 'json-file',
    logOpts: { 'max-size': '10m', 'max-file': '3' },
    mounts: mounts.map(({ volume, path, readOnly = false }) => ({
      type: 'volume',
      source: volume.name,
      target: path,
      readOnly,
    })),
    tmpfs: Object.fromEntries(scratch.map((path) => [path, 'rw,nosuid,nodev,noexec,size=64m'])),
    ...(attachments.length === 0
      ? { networkMode: 'none' }
      : {
          networksAdvanced: attachments.map(({ network, aliases }) => ({
            name: network.name,
            aliases: [...aliases],
          })),
        }),
  };
}

/** As the engine writes it back: `1.0`, `0.5`. Another spelling of the same number would replace the container. */
const engineDecimal = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(1) : String(value);
