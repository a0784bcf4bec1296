import { Writable } from 'node:stream';
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node';
import { orNothing } from './api-errors.ts';
import { namespaceName, selectorLabels } from '../plan/kubernetes-names.ts';
import { type Component } from '../plan/components.ts';

const EXEC_DEADLINE_MS = 15_000;

/** Container that a command runs in. */
interface ExecTarget {
  readonly pod: string;
  readonly container: string;
}

/** Client of a running environment, over the API server that the kubeconfig names. */
export interface ClusterApi {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly namespace: string;
  /** Lists the pods of a component that are not on their way out. */
  pods(component: Component): Promise<readonly V1Pod[]>;
  /**
   * Runs a command and returns what it prints.
   * @throws {Error} with the command's words when it does not exit 0, or does not end in time.
   */
  run(target: ExecTarget, command: readonly string[]): Promise<string>;
  /**
   * Has the kubelet look at the pod at once, since files that it mounts may have changed. A pod
   * that is gone needs no look.
   */
  touch(pod: V1Pod, annotations: Readonly<Record<string, string>>): Promise<void>;
}

/** Names an environment and its cluster: the current context, unless another is named. */
export interface ClusterRef {
  readonly environment: string;
  readonly kubernetes: { readonly context?: string | undefined };
}

/** @throws {Error} when the kubeconfig does not have the context that the settings name. */
export function openClusterApi({ environment, kubernetes: { context } }: ClusterRef): ClusterApi {
  const config = new KubeConfig();
  config.loadFromDefault();
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context))
      throw new Error(
        `kubernetes.context is ${context}, but the kubeconfig has ` +
          `${known.join(', ') || 'no context'}. Look at KUBECONFIG, or change kubernetes.context.`,
      );
    config.setCurrentContext(context);
  }
  const core = config.makeApiClient(CoreV1Api);
  const namespace = namespaceName(environment);
  return {
    config,
    core,
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    namespace,
    async pods(component) {
      const labelSelector = Object.entries(selectorLabels(environment, component))
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      const { items } = await core.listNamespacedPod({ namespace, labelSelector });
      return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    },
    run: (target, command) => runIn({ config, namespace }, target, command),
    async touch({ metadata }, annotations) {
      await orNothing(
        core.patchNamespacedPod(
          { namespace, name: metadata?.name ?? '', body: { metadata: { annotations } } },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        ),
      );
    },
  };
}

/** The part of the web socket that is used here. */
interface Closing {
  onclose: (() => void) | null;
}

/** Collects what a command prints. */
function collect() {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => void ((text += chunk.toString('utf8')), done()),
  });
  return { stream, text: () => text };
}

async function runIn(
  { config, namespace }: Pick<ClusterApi, 'config' | 'namespace'>,
  { pod, container }: ExecTarget,
  command: readonly string[],
): Promise<string> {
  const stdout = collect();
  const stderr = collect();
  const failure = (why: string): Error =>
    new Error(`${command[0] ?? ''} in ${pod}/${container}: ${why}`);
  const status = await new Promise<V1Status>((resolve, reject) => {
    const fail = (why: string): void => reject(failure(why));
    const deadline = setTimeout(
      () => fail(`no end within ${EXEC_DEADLINE_MS / 1_000} s`),
      EXEC_DEADLINE_MS,
    );
    const end = (answer: V1Status): void => {
      clearTimeout(deadline);
      resolve(answer);
    };
    const output = [stdout.stream, stderr.stream, null, false] as const;
    new Exec(config).exec(namespace, pod, container, [...command], ...output, end).then(
      (socket: Closing) => {
        socket.onclose = () => fail('the API server closed the connection');
      },
      (error: unknown) =>
        fail(error instanceof Error ? error.message : 'the API server refused it'),
    );
  });
  if (status.status === 'Success') return stdout.text();
  throw failure(stderr.text().trim() || (status.message ?? 'it failed'));
}
