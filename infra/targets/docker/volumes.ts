import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { type DockerComponent, dockerLabels, dockerName } from '../../plan/docker-names.ts';
import { stopping } from './stopping.ts';

export interface VolumeMount {
  readonly volume: docker.Volume;
  readonly path: string;
  readonly readOnly?: boolean;
}

/**
 * A named volume of the stack. A protected one outlives `pulumi destroy`; one that is `kept` also outlives its own place in
 * the program, which for a protected one would be an error.
 */
export function deployVolume(
  environment: string,
  component: DockerComponent,
  name: string,
  { protect = false, kept = protect }: { readonly protect?: boolean; readonly kept?: boolean } = {},
): docker.Volume {
  return new docker.Volume(
    name,
    { name: dockerName(environment, name), labels: dockerLabels(environment, component) },
    { protect, retainOnDelete: kept },
  );
}

/** It is never started, so there is nothing to wait for. */
const NEVER_RUNS_SECONDS = 1;

export interface FilesInVolume {
  readonly environment: string;
  readonly component: DockerComponent;
  readonly image: pulumi.Input<string>;
  readonly mount: VolumeMount;
  /** Contents by file name; all of them are secret in the state. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Brings files into a volume by a container that is created for it and never started. New contents replace that container
 * and leave alone those that mount the volume; who must notice is told by other means.
 */
export function deployFiles(
  name: string,
  { environment, component, image, mount, files }: FilesInVolume,
  options: pulumi.CustomResourceOptions = {},
): docker.Container {
  const args: docker.ContainerArgs = {
    name: dockerName(environment, name),
    image,
    labels: dockerLabels(environment, component),
    start: false,
    mustRun: false,
    networkMode: 'none',
    ...stopping('SIGTERM', NEVER_RUNS_SECONDS),
    mounts: [{ type: 'volume', source: mount.volume.name, target: mount.path }],
    uploads: Object.entries(files).map(([file, content]) => ({
      file: `${mount.path}/${file}`,
      content: pulumi.secret(content),
      // The engine resolves owners in its own machine's passwd, not in the image's; who may read is who mounts the volume.
      permissions: '0444',
    })),
  };
  return new docker.Container(name, args, options);
}
