import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { dockerLabels, dockerName } from '../../plan/docker-names.ts';
import type { Part } from '../part.ts';
import { stopping, type VolumeMount } from './container.ts';

interface VolumeShape {
  readonly name: string;
  /** Where containers find it. */
  readonly path: string;
  /** Whether it outlives `pulumi destroy`. */
  readonly protect?: boolean;
  /**
   * Whether it also outlives its own place in the program, which for a protected volume would be
   * an error. A protected volume is kept by default.
   */
  readonly kept?: boolean;
}

/** Makes a named volume of the environment. */
export function deployVolume(
  part: Part,
  { name, path, protect = false, kept = protect }: VolumeShape,
): VolumeMount {
  const volume = new docker.Volume(
    name,
    {
      name: dockerName(part.environment, name),
      labels: dockerLabels(part.environment, part.part),
    },
    part.childOptions({ protect, retainOnDelete: kept }),
  );
  return { volume, path };
}

/** Seconds to stop a container that is never started, so that there is nothing to wait for. */
const NEVER_RUNS_SECONDS = 1;

interface FilesShape {
  readonly name: string;
  /** Name of the volume that holds the files. */
  readonly volume: string;
  readonly path: string;
  readonly image: pulumi.Input<string>;
  /** Contents by file name; all of them are secret in the state. */
  readonly contents: Readonly<Record<string, string>>;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Files in a volume of their own. */
export interface DeployedFiles {
  /** Mounts the files, read-only. */
  readonly mount: VolumeMount;
  /** Is done when the files are there. */
  readonly resource: pulumi.Resource;
}

/**
 * Brings files into a volume by a container that is created for it and never started. New contents
 * replace that container and leave alone those that mount the volume: whoever must notice the new
 * files has to be told by other means.
 */
export function deployFiles(part: Part, shape: FilesShape): DeployedFiles {
  const { name, image, contents, dependsOn = [] } = shape;
  const { environment } = part;
  const { volume, path } = deployVolume(part, { name: shape.volume, path: shape.path });
  const resource = new docker.Container(
    name,
    {
      name: dockerName(environment, name),
      image,
      labels: dockerLabels(environment, part.part),
      start: false,
      mustRun: false,
      networkMode: 'none',
      ...stopping('SIGTERM', NEVER_RUNS_SECONDS),
      mounts: [{ type: 'volume', source: volume.name, target: path }],
      uploads: Object.entries(contents).map(([file, content]) => ({
        file: `${path}/${file}`,
        content: pulumi.secret(content),
        // The engine resolves owners in its own machine's passwd, not in the image's. Who may read
        // the file is decided by who mounts the volume.
        permissions: '0444',
      })),
    },
    part.childOptions({ dependsOn: [...dependsOn] }),
  );
  return { mount: { volume, path, readOnly: true }, resource };
}
