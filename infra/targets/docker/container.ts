import type * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { UIDS } from '../../plan/components.ts';
import { type DockerComponent, dockerLabels, dockerName } from '../../plan/docker-names.ts';
import type { Part } from '../part.ts';

export interface VolumeMount {
  readonly volume: docker.Volume;
  readonly path: string;
  readonly readOnly?: boolean;
}

interface Attachment {
  readonly network: docker.Network;
  /** Names under which others on this network find the container. */
  readonly aliases: readonly string[];
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** What differs between our containers. */
export interface ContainerShape {
  readonly image: pulumi.Input<string>;
  readonly command?: readonly string[];
  /** Runs instead of the image's entry point and command. */
  readonly entrypoint?: readonly string[];
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /** Variables that only whoever may inspect the container reads. */
  readonly secretVariables?: Readonly<Record<string, string>>;
  readonly mounts: readonly VolumeMount[];
  /** Directories that must be writable, each a small memory file system. */
  readonly scratch?: readonly string[];
  readonly attachments: readonly Attachment[];
  readonly memoryMiB: number;
  /** Digest of what the process reads once, at its start; a change of it replaces the container. */
  readonly startedWith?: string;
  readonly stopSignal: StopSignal;
  readonly graceSeconds: number;
  /** Whose user the process is, or its uid. */
  readonly user: keyof typeof UIDS.docker | number;
}

/**
 * Describes a container that can write to nothing but its volumes, become nobody else and fill no
 * disk: what is the same for servers and one-shots.
 */
export function hardened(
  { environment }: Part,
  component: DockerComponent,
  shape: ContainerShape,
): docker.ContainerArgs {
  const { image, command, entrypoint, mounts, scratch = [], attachments } = shape;
  const { memoryMiB, startedWith } = shape;
  const uid = typeof shape.user === 'number' ? shape.user : UIDS.docker[shape.user];
  return {
    name: dockerName(environment, component),
    image,
    ...(command === undefined ? {} : { command: [...command] }),
    ...(entrypoint === undefined ? {} : { entrypoints: [...entrypoint] }),
    envs: variables(shape),
    labels: [
      ...dockerLabels(environment, component),
      ...(startedWith === undefined ? [] : [{ label: 'started-with', value: startedWith }]),
    ],
    ...stopping(shape.stopSignal, shape.graceSeconds),
    user: `${uid}:${uid}`,
    readOnly: true,
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges:true'],
    memory: memoryMiB,
    // No swap: a server that swaps is slower than one that is full. Left unset, the engine fills
    // it in, and the next preview takes it out.
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

/** Variables as the engine takes them; one that is secret makes all of them secret in the state. */
function variables({
  environmentVariables = {},
  secretVariables = {},
}: Pick<ContainerShape, 'environmentVariables' | 'secretVariables'>): pulumi.Input<string[]> {
  const envs = Object.entries({ ...environmentVariables, ...secretVariables })
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return Object.keys(secretVariables).length === 0 ? envs : pulumi.secret(envs);
}

/**
 * Describes how a container is stopped. At a replacement and at the end the provider kills it
 * unless destroyGraceSeconds is set; everybody else goes by stopTimeout.
 */
export function stopping(stopSignal: StopSignal, graceSeconds: number) {
  return { stopSignal, stopTimeout: graceSeconds, destroyGraceSeconds: graceSeconds };
}
