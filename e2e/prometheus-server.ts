import { docker, dockerOutput, logsOf, type DockerScope, type Ended } from './docker.ts';
import { hardened, writeFiles } from './image-set-up.ts';
import { runImage } from './run-images.ts';
import { until } from './until.ts';

/** A real Prometheus in a container of the scope. */
export interface PrometheusServer {
  /** All series that an expression gives now. @throws when Prometheus refuses the expression. */
  query(expression: string): Promise<readonly Series[]>;
  /** The `data` of any other answer of its API, `targets` for example. */
  get(path: string): Promise<unknown>;
  /**
   * Runs a line of shell in a folder with these files, in a container of its own that has promtool.
   */
  check(files: Readonly<Record<string, string>>, command: string): Promise<Ended>;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const PORT = '9090';
const USER = '996';

/**
 * Starts it with `files`, among them prometheus.yml, at /etc/prometheus, and waits until it
 * answers.
 */
export async function openPrometheus(
  scope: DockerScope,
  network: string,
  files: Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  const image = await runImage('prometheus');
  const configuration = await writeFiles(scope, 'prometheus-config', files);
  const storage = `/prometheus:uid=${USER},gid=${USER}`;
  const id = await scope.run(
    ...hardened,
    '--network',
    network,
    '-p',
    `127.0.0.1::${PORT}`,
    '-v',
    `${configuration}:/etc/prometheus:ro`,
    '--tmpfs',
    storage,
    image,
  );
  const url = `http://${await dockerOutput('port', id, PORT)}`;
  await untilReady(url, id);

  const get = async (path: string): Promise<unknown> => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data?: unknown;
    };
    if (answer.status !== 'success')
      throw new Error(`Prometheus refuses ${decodeURIComponent(path)}: ${answer.error}`);
    return answer.data;
  };
  let checks = 0;
  return {
    get,
    async check(checked, command) {
      const volume = await writeFiles(scope, `check-${(checks += 1)}`, checked);
      return docker(
        'run',
        '--rm',
        ...scope.labels,
        ...hardened,
        '--network',
        'none',
        '--tmpfs',
        '/tmp',
        '-v',
        `${volume}:/files:ro`,
        '--workdir',
        '/files',
        '--entrypoint',
        'sh',
        image,
        '-c',
        command,
      );
    },
    async query(expression) {
      const { result } = (await get(`query?query=${encodeURIComponent(expression)}`)) as {
        readonly result: readonly {
          readonly metric: Record<string, string>;
          readonly value: readonly [number, string];
        }[];
      };
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
  };
}

const untilReady = (url: string, id: string): Promise<unknown> =>
  until(
    () => fetch(`${url}/-/ready`).catch(() => undefined),
    (response) => response?.ok === true,
    { everyMs: 100, explain: () => logsOf(id) },
  );
