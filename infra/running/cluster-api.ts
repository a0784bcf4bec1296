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
import {
  type KubernetesComponent,
  namespaceName,
  selectorLabels,
} from '../plan/kubernetes-names.ts';

const EXEC_DEADLINE_MS = 15_000;

/** Where a command runs. */
export interface Inside {
  readonly pod: string;
  readonly container: string;
}

/** What is asked of a running environment, over the API server that the kubeconfig names. */
export interface ClusterApi {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly namespace: string;
  /** Pods of a component that are not on their way out. */
  pods(component: KubernetesComponent): Promise<readonly V1Pod[]>;
  /** @throws {Error} with the command's words when it does not exit 0, or does not end in time. */
  run(inside: Inside, command: readonly string[]): Promise<string>;
  /** Has the kubelet look at the pod at once: files that it mounts may have changed. One that is gone needs no look. */
  touch(pod: V1Pod, annotations: Readonly<Record<string, string>>): Promise<void>;
}

/** Which environment, in which cluster: the current context, unless one is named. */
export interface Whereabouts {
  readonly environment: string;
  readonly kubernetes: { readonly context?: string | undefined };
}

/** @throws {Error} when the kubeconfig does not have the context that the settings name. */
export function openClusterApi({ environment, kubernetes: { context } }: Whereabouts): ClusterApi {
  const config = new KubeConfig();
  config.loadFromDefault();
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context))
      throw new Error(
        `kubernetes.context is ${context}, but the kubeconfig has ${known.join(', ') || 'no context'}. Look at KUBECONFIG, or change kubernetes.context.`,
      );
    config.setCurrentContext(context);
  }
  const core = config.makeApiClient(CoreV1Api);
  const exec = new Exec(config);
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
    run: (inside, command) => runInside(exec, namespace, inside, command),
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

async function runInside(
  exec: Exec,
  namespace: string,
  { pod, container }: Inside,
  command: readonly string[],
): Promise<string> {
  const said = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof said) =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) =>
        void ((said[stream] += chunk.toString('utf8')), done()),
    });
  const status = await new Promise<V1Status>((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`${command[0] ?? ''} in ${pod}/${container}: ${why}`));
    const deadline = setTimeout(
      () => fail(`no end within ${EXEC_DEADLINE_MS / 1_000} s`),
      EXEC_DEADLINE_MS,
    );
    const end = (status: V1Status): void => {
      clearTimeout(deadline);
      resolve(status);
    };
    exec
      .exec(
        namespace,
        pod,
        container,
        [...command],
        into('stdout'),
        into('stderr'),
        null,
        false,
        end,
      )
      .then(
        (socket: Closing) => {
          socket.onclose = () => fail('the API server closed the connection');
        },
        (error: unknown) =>
          fail(error instanceof Error ? error.message : 'the API server refused it'),
      );
  });
  if (status.status === 'Success') return said.stdout;
  throw new Error(
    `${command[0] ?? ''} in ${pod}/${container}: ${said.stderr.trim() || (status.message ?? 'it failed')}`,
  );
}
