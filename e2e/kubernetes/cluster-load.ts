import { join } from 'node:path';
import { build } from 'esbuild';
import { type ClusterApi, openClusterApi } from '../../infra/running/cluster-api.ts';
import { until } from '../until.ts';
import { deleteNamespace } from './cluster-stack.ts';
import { addSummaries, type LoadSummary } from './load-summary.ts';
import { testImages } from './test-images.ts';

/** The public limit of the app is 100 a second for each address. */
const WORKERS = 4;
const CLIENTS = 8;
const PER_SECOND = 200;

/**
 * Keep-alive clients inside the cluster, in a namespace of their own, through the app's Service.
 */
export interface ClusterLoad {
  /** Of all requests so far. */
  read(): Promise<LoadSummary>;
  /** Ends the load and waits for the requests under way. */
  stop(): Promise<LoadSummary>;
  /** Removes it. */
  close(): Promise<void>;
}

/** @param environment whose app is asked, 200 times a second in all. */
export async function startClusterLoad(environment: string, url: string): Promise<ClusterLoad> {
  const api = openClusterApi({ environment: `${environment}-load`, kubernetes: {} });
  const { core, namespace } = api;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  const bundled = await build({
    entryPoints: [join(import.meta.dirname, 'load-worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  await core.createNamespacedConfigMap({
    namespace,
    body: {
      metadata: { name: 'worker' },
      data: { 'worker.mjs': bundled.outputFiles[0]?.text ?? '' },
    },
  });
  const names = Array.from({ length: WORKERS }, (_, index) => `worker-${index}`);
  await Promise.all(names.map((name) => createWorker(api, name, url)));
  const readOne = async (name: string): Promise<LoadSummary & { readonly isEnded: boolean }> =>
    JSON.parse(
      await api.run({ pod: name, container: 'worker' }, ['cat', '/tmp/summary.json']),
    ) as LoadSummary & { isEnded: boolean };
  const readAll = () => Promise.all(names.map(readOne));
  await until(
    async () => (await readAll().catch(() => [])).map(({ requests }) => requests),
    (counts) => counts.length === WORKERS && counts.every((count) => count > 0),
  );
  return {
    read: async () => addSummaries(await readAll()),
    stop: async () => {
      await Promise.all(
        names.map((name) => api.run({ pod: name, container: 'worker' }, ['touch', '/tmp/stop'])),
      );
      return addSummaries(await until(readAll, (all) => all.every(({ isEnded }) => isEnded)));
    },
    close: () => deleteNamespace(api, namespace),
  };
}

async function createWorker(
  { core, namespace }: ClusterApi,
  name: string,
  url: string,
): Promise<void> {
  const everyMs = (1_000 * WORKERS * CLIENTS) / PER_SECOND;
  await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'worker',
            image: testImages().app,
            imagePullPolicy: 'IfNotPresent',
            args: ['/worker/worker.mjs'],
            env: Object.entries({
              URL_OF_APP: url,
              CLIENTS: String(CLIENTS),
              EVERY_MS: String(everyMs),
            }).map(([key, value]) => ({ name: key, value })),
            resources: { requests: { cpu: '20m', memory: '64Mi' } },
            volumeMounts: [{ name: 'worker', mountPath: '/worker' }],
          },
        ],
        volumes: [{ name: 'worker', configMap: { name: 'worker' } }],
      },
    },
  });
}
