import { logFile } from './cluster-process.ts';
import { tryKubectl } from './kubectl.ts';
import { findNode } from './node-namespaces.ts';
import { type ClusterPlaces, clusterPlaces } from './places.ts';
import { findRunning, recordedNames } from './process-record.ts';

interface ClusterStatus {
  /** `partly`: something of it has ended. */
  readonly state: 'up' | 'partly' | 'down';
  /** One line per process, and what the API server says of the node and its pods. */
  readonly text: string;
}

const START = '`npm run cluster -- up`';

/** Looks, and changes nothing. */
export async function readClusterStatus(
  places: ClusterPlaces = clusterPlaces(),
): Promise<ClusterStatus> {
  const processes = recordedNames(places.processes).map((name) => ({
    name,
    record: findRunning(places.processes, name),
  }));
  if (processes.length === 0)
    return { state: 'down', text: `No cluster. Start one with ${START}.\n` };
  const lines = processes
    .map(
      ({ name, record }) =>
        name.padEnd(26) +
        (record === undefined
          ? `has ended, see ${logFile(places, name)}`
          : `process ${record.pid}`),
    )
    .join('\n');
  if (findNode(places) === undefined)
    return {
      state: 'down',
      text: `${lines}\nThe node has ended. ${START} removes what it left, and starts anew.\n`,
    };

  const { code, stdout, stderr } = await tryKubectl(places, [
    'get',
    'nodes,pods',
    '--all-namespaces',
    '--request-timeout=5s',
  ]);
  const answer = code === 0 ? stdout : `The API server does not answer: ${stderr.trim()}\n`;
  if (code !== 0 || processes.some(({ record }) => record === undefined))
    return { state: 'partly', text: `${lines}\n\n${answer}\n${START} starts what has ended.\n` };
  return {
    state: 'up',
    text: `${lines}\n${'kubeconfig'.padEnd(26)}${places.kubeconfig}\n\n${answer}`,
  };
}
