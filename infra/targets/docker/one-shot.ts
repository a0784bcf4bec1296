import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { type DockerComponent, dockerName } from '../../plan/docker-names.ts';
import { deployCheckpoint } from '../checkpoint.ts';
import type { Part } from '../part.ts';
import { type ContainerShape, hardened } from './container.ts';
import { runToEnd } from './engine.ts';

interface OneShotShape extends ContainerShape {
  readonly name: Extract<
    DockerComponent,
    'migrate' | 'app-migrate' | 'backup' | 'pgbouncer-reload'
  >;
}

/**
 * Runs a container to its end before its dependents: the provider creates it, and a checkpoint
 * starts it. When it fails, the update fails with the container's own words, and the next one runs
 * it again. When it succeeded, it runs again only as a new container, that is, with new inputs.
 *
 * A one-shot that the provider itself starts does neither: its exit code is an output, and its
 * dependents go on.
 */
export function deployOneShot(
  part: Part,
  shape: OneShotShape,
  dependsOn: readonly pulumi.Resource[],
): pulumi.Resource {
  const { name } = shape;
  const container = new docker.Container(
    name,
    { ...hardened(part, name, shape), start: false, mustRun: false },
    part.childOptions({ dependsOn: [...dependsOn] }),
  );
  return deployCheckpoint(part, {
    name: `${name}-done`,
    hook: `run-${name}`,
    trigger: container.id,
    work: () => runToEnd(dockerName(part.environment, name)),
    dependsOn: [container, ...dependsOn],
  });
}
