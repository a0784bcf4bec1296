import * as pulumi from '@pulumi/pulumi';
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from '@pulumi/pulumi/proto/resource_pb.js';
import { PROJECT } from '../settings/standard-names.ts';

type Properties = Readonly<Record<string, unknown>>;
type Answer = (error: Error | null, response: unknown) => void;

/** The parts of Pulumi's mock monitor that are watched or missing. */
interface MockMonitor {
  registerResource(request: RegisterResourceRequest, answer: Answer): Promise<void>;
  registerResourceOutputs(request: RegisterResourceOutputsRequest, answer: Answer): void;
  registerResourceHook(request: unknown, answer: Answer): void;
}

/** What a program tells the engine of one resource. */
export interface Registration {
  readonly request: RegisterResourceRequest;
  /** Outputs of a component, when its program registers any. */
  readonly outputs?: Properties;
}

const mocks: pulumi.runtime.Mocks = {
  newResource: ({ type, name, inputs }) => ({
    id: `<id of ${name}>`,
    state: outputs(type, name, inputs as Properties),
  }),
  call: () => ({}),
};

/**
 * Runs a program under Pulumi's mocks and returns its requests for resources, as the engine would
 * get them: mocks are told of inputs alone, and not of parents, protection, dependencies, aliases.
 *
 * Pulumi's mock monitor announces that it supports resource hooks, and lacks the call that
 * registers one. Here it has that call; no hook ever runs, as in a preview. The Node SDK starts its
 * callback server first, on a free port of the loopback address.
 */
export async function requestedResources(
  stack: string,
  program: () => Promise<unknown>,
): Promise<readonly Registration[]> {
  await pulumi.runtime.setMocks(mocks, PROJECT, stack);
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor);
  const finish = monitor.registerResourceOutputs.bind(monitor);
  const requests: RegisterResourceRequest[] = [];
  const outputsOf = new Map<string, Properties>();
  monitor.registerResource = (request, answer) => {
    requests.push(request);
    return register(request, answer);
  };
  monitor.registerResourceOutputs = (request, answer) => {
    outputsOf.set(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
    finish(request, answer);
  };
  monitor.registerResourceHook = (_request, answer) => answer(null, {});
  try {
    await program();
  } finally {
    await pulumi.runtime.disconnect();
  }
  return requests.map((request) => {
    const outputs = outputsOf.get(urnOf(stack, request));
    return outputs === undefined ? { request } : { request, outputs };
  });
}

/** URN of a component at the root of the stack: only such ones register outputs here. */
const urnOf = (stack: string, request: RegisterResourceRequest): string =>
  ['urn:pulumi:' + stack, PROJECT, request.getType(), request.getName()].join('::');

/** A resource's outputs: its inputs, and those that a provider makes and other resources read. */
function outputs(type: string, name: string, inputs: Properties): Properties {
  switch (type) {
    case 'docker:index/remoteImage:RemoteImage':
      return { ...inputs, imageId: `<image id of ${name}>` };
    case 'pulumi:index:Stash':
      return { ...inputs, output: inputs['input'] };
    case 'kubernetes:apps/v1:StatefulSet':
    case 'kubernetes:batch/v1:Job':
      return {
        ...inputs,
        metadata: {
          ...(inputs['metadata'] as Properties),
          uid: `<uid of ${name}>`,
          generation: `<generation of ${name}>`,
        },
      };
    default:
      return inputs;
  }
}
