import { openClusterApi } from '../../infra/running/cluster-api.ts';
import { MONITORS_LABEL } from '../../infra/plan/kubernetes-names.ts';
import { until } from '../until.ts';
import { deleteNamespace } from './cluster-stack.ts';
import { testImages } from './test-images.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A pod in a namespace of its own that asks what it is told to. */
export interface Probe {
  /**
   * `refused` is every way not to be answered: policies drop packets, so it may take its whole
   * time.
   */
  get(url: string, bearer?: string): Promise<Answer | 'refused'>;
  /** Whether a TCP connection comes about within 2 s. */
  canConnect(host: string, port: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * @param labels of its namespace: `monitors` names the environment whose admin routes it may reach.
 */
export async function startProbe(
  environment: string,
  { monitors }: { readonly monitors?: string } = {},
): Promise<Probe> {
  const api = openClusterApi({ environment: `${environment}-probe`, kubernetes: {} });
  const { core, namespace } = api;
  await core.createNamespace({
    body: {
      metadata: {
        name: namespace,
        ...(monitors === undefined ? {} : { labels: { [MONITORS_LABEL]: monitors } }),
      },
    },
  });
  await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name: 'probe' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'probe',
            image: testImages().app,
            imagePullPolicy: 'IfNotPresent',
            args: ['-e', 'setInterval(() => undefined, 60_000)'],
          },
        ],
      },
    },
  });
  await until(
    async () => (await core.readNamespacedPod({ namespace, name: 'probe' })).status?.phase,
    (phase) => phase === 'Running',
  );
  const run = async <T>(script: string): Promise<T> =>
    JSON.parse(
      await api.run({ pod: 'probe', container: 'probe' }, ['/app/node', '-e', script]),
    ) as T;
  return {
    get: (url, bearer) => {
      const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
      return run(`const headers = ${JSON.stringify(headers)};
        const signal = AbortSignal.timeout(5000);
        const read = async (answer) => ({ status: answer.status, body: await answer.text() });
        fetch(${JSON.stringify(url)}, { headers, signal })
          .then(read, () => 'refused')
          .then((what) => console.log(JSON.stringify(what)))`);
    },
    canConnect: (host, port) =>
      run(`const target = { host: ${JSON.stringify(host)}, port: ${port} };
        const socket = require('node:net').connect(target);
        const end = (what) => { console.log(what); process.exit(); };
        socket.on('connect', () => end(true)).on('error', () => end(false));
        setTimeout(() => end(false), 2000);`),
    close: () => deleteNamespace(api, namespace),
  };
}
