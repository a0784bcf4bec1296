import * as pulumi from '@pulumi/pulumi';
import type { Part } from './part.ts';

interface CheckpointShape {
  /** Name of the entry in the state, such as `migrate-done`. */
  readonly name: string;
  /** Name of the hook that does the work, such as `run-migrate`. */
  readonly hook: string;
  /** Value that is kept in the state; the work runs again when it changes. */
  readonly trigger: pulumi.Input<unknown>;
  /** Does the work. When it rejects, the update fails with its error. */
  readonly work: () => Promise<unknown>;
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Does work that must succeed before the resources that depend on it: by a hook in front of an
 * entry in the state. When the work fails, the entry is not written and the next update does it
 * again. Once it succeeded, it is done again only for another trigger. A preview does nothing.
 */
export function deployCheckpoint(part: Part, shape: CheckpointShape): pulumi.Resource {
  const { name, hook, trigger, work, dependsOn } = shape;
  const run = new pulumi.ResourceHook(hook, async () => {
    await work();
  });
  return new pulumi.Stash(
    name,
    { input: trigger },
    part.childOptions({
      dependsOn: [...dependsOn],
      hooks: { beforeCreate: [run], beforeUpdate: [run] },
    }),
  );
}
