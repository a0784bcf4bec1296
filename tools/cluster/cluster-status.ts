import { tryKubectl } from './kubectl.ts';
import { findNode, NODE } from './node-namespaces.ts';
import { type ClusterPlaces, clusterPlaces } from './places.ts';
import { logFile } from './cluster-process.ts';
import { isRunning, readRecord, recordedNames } from './process-record.ts';

export interface ClusterStatus {
  /** `partly`: something of it has ended. */
  readonly state: 'up' | 'partly' | 'down';
  /** One line per process, and what the API server says of the node and its pods. */
  readonly text: string;
}

/** Looks, and changes nothing. */
export async function readClusterStatus(places: ClusterPlaces = clusterPlaces()): Promise<ClusterStatus> {
  const names = recordedNames(places.processes);
  if (names.length === 0) return { state: 'down', text: 'No cluster. Start one with `npm run cluster -- up`.\n' };
  const processes = names.map((name) => {
    const record = readRecord(places.processes, name);
    return { name, pid: record?.pid ?? 0, isUp: record !== undefined && isRunning(record) };
  });
  const lines = processes.map(({ name, pid, isUp }) => `${name.padEnd(26)}${isUp ? `process ${pid}` : `has ended, see ${logFile(places, name)}`}`);
  const objects = findNode(places) === undefined ? undefined : await tryKubectl(places, ['get', 'nodes,pods', '--all-namespaces', '--request-timeout=5s']);
  const answer = objects === undefined ? '' : objects.code === 0 ? objects.stdout : `The API server does not answer: ${objects.stderr.trim()}\n`;
  const isUp = processes.every((process) => process.isUp) && objects?.code === 0;
  const state = isUp ? 'up' : processes.some(({ name, isUp: runs }) => name === NODE && runs) ? 'partly' : 'down';
  const advice = isUp ? `kubeconfig                ${places.kubeconfig}` : '`npm run cluster -- up` starts what is missing.';
  return { state, text: `${[...lines, advice].join('\n')}\n\n${answer}` };
}
