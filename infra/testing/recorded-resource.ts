import type { Alias } from '@pulumi/pulumi/proto/alias_pb.js';
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import type { Registration } from './mock-engine.ts';
import { readable, withoutBuildHash } from './readable.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A request for a resource as a golden file holds it. Options that nobody set are left out. */
export interface RecordedResource {
  readonly name: string;
  readonly type: string;
  /** Left out where it is the root stack. */
  readonly parent?: string;
  readonly options?: Properties;
  readonly inputs: unknown;
  /** Left out where there are none. */
  readonly outputs?: unknown;
}

/** Reads a request; resources that it points to are named as {@link reference} does. */
export function recordResource({ request, outputs = {} }: Registration): RecordedResource {
  const options = withoutDefaults(readOptions(request));
  return {
    name: request.getName(),
    type: request.getType(),
    ...(request.getParent() === '' ? {} : { parent: reference(request.getParent()) }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    inputs: readable(withoutBuildHash(request.getObject()?.toJavaScript() ?? {})),
    ...(Object.keys(outputs).length === 0 ? {} : { outputs: readable(outputs) }),
  };
}

function readOptions(request: RegisterResourceRequest): Properties {
  const timeouts = request.getCustomtimeouts();
  const provider = request.getProvider();
  return {
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map(describeAlias),
    // The provider's own id follows its URN.
    provider: provider === '' ? undefined : reference(provider.split('::').slice(0, 4).join('::')),
    deletedWith: request.getDeletedwith() === '' ? undefined : reference(request.getDeletedwith()),
    // What it is told to wait for, and what its inputs are made of.
    dependsOn: request.getDependenciesList().map(reference).sort(),
    hooks: withoutDefaults(readHooks(request)),
    customTimeouts: withoutDefaults({
      create: timeouts?.getCreate(),
      update: timeouts?.getUpdate(),
      delete: timeouts?.getDelete(),
    }),
  };
}

function readHooks(request: RegisterResourceRequest): Properties {
  const hooks = request.getHooks();
  return {
    beforeCreate: hooks?.getBeforeCreateList(),
    afterCreate: hooks?.getAfterCreateList(),
    beforeUpdate: hooks?.getBeforeUpdateList(),
    afterUpdate: hooks?.getAfterUpdateList(),
    beforeDelete: hooks?.getBeforeDeleteList(),
    afterDelete: hooks?.getAfterDeleteList(),
  };
}

/** An earlier URN, or the parts of one that differ from the present. */
function describeAlias(alias: Alias): unknown {
  const spec = alias.getSpec();
  if (spec === undefined) return alias.getUrn();
  const parent = spec.getNoparent()
    ? 'none'
    : spec.getParenturn() && reference(spec.getParenturn());
  return withoutDefaults({
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent,
  });
}

/** `postgres StatefulSet`: enough of a URN to find the resource in the same file. */
function reference(urn: string): string {
  const [, , types = '', name = ''] = urn.split('::');
  return `${name} ${types.slice(Math.max(types.lastIndexOf(':'), types.lastIndexOf('$')) + 1)}`;
}

/** Leaves out what nobody set: nothing, `false`, and empty texts, lists and maps. */
function withoutDefaults(values: Properties): Properties {
  const isSet = (value: unknown): boolean =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).length > 0
      : value !== undefined && value !== false && value !== '';
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isSet(value)));
}
