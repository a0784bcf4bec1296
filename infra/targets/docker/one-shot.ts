import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { runToEnd } from './engine.ts';
import { dockerName } from '../../plan/docker-names.ts';
import { type ContainerShape, hardened } from './service.ts';

/**
 * Work that must be done before its dependents: a container that is created by the provider and run by a hook in front of
 * a marker in the state. When it fails, the marker is not written: the update fails with the container's own words, and the
 * next one runs it again. When it succeeded, it runs again only with a new container, that is, with new inputs.
 *
 * A started one-shot of the provider's own does neither: its exit code is an output, and dependents go on.
 */
export function deployOneShot(
  shape: ContainerShape,
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const container = new docker.Container(
    shape.component,
    { ...hardened(shape), start: false, mustRun: false },
    { dependsOn },
  );
  const run = new pulumi.ResourceHook(`run-${shape.component}`, () =>
    runToEnd(dockerName(shape.environment, shape.component)),
  );
  return new pulumi.Stash(
    `${shape.component}-done`,
    { input: container.id },
    { dependsOn: [container, ...dependsOn], hooks: { beforeCreate: [run], beforeUpdate: [run] } },
  );
}
