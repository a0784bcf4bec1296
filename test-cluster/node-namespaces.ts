import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines } from '../toolchain/program.ts';
import { NODE_ADDRESS, NODE_NAME, SERVICE_RANGE } from './addresses.ts';
import { MOUNT_POINTS } from './mount-points.ts';
import type { ClusterPlaces } from './places.ts';
import {
  childrenOf,
  findRunning,
  type ProcessRecord,
  recordProcess,
  writeRecord,
} from './process-record.ts';
import { until } from '../toolchain/until.ts';

/** The record's name of the node's first process: with it, the kernel ends every other one. */
export const NODE = 'node';
/** The one of its parent, which takes it along; there from the very start. */
export const NODE_PARENT = 'node-parent';
const START_DEADLINE_MS = 15_000;

/**
 * The inside of the node, prepared from within its namespaces. Nothing of it is visible on the
 * machine: the mounts of the pods, their interfaces and the rules of kube-proxy and kube-router end
 * with the last process. Mounts of the machine go on to appear and, what matters more, to disappear
 * inside: a mount that stays in here would keep a container of the machine's own engine from being
 * removed.
 */
const PREPARE = `
mount --make-rshared /
mount -t tmpfs -o mode=0755 node-run /run
mount -t tmpfs -o mode=0755 node-cni /var/lib/cni
mount --bind "$KUBELET" /var/lib/kubelet
mount --bind "$POD_LOGS" /var/log
echo "$NODE_NAME" > /proc/sys/kernel/hostname
echo 1 > /proc/sys/net/ipv4/ip_forward
ip link set lo up
ip link add node0 type bridge
ip address add "$NODE_ADDRESS/32" dev node0
ip link set node0 up
# The kernel wants a route before kube-proxy's rules turn a service's address into a pod's.
ip route add "$SERVICE_RANGE" dev node0
exec "$INIT"
`;

/**
 * Opens the node's namespaces (processes, network, mounts, host name, IPC) and keeps them open with
 * one process, which is recorded.
 */
export async function openNode(places: ClusterPlaces): Promise<ProcessRecord> {
  for (const folder of [places.kubelet, places.podLogs, places.logs, ...MOUNT_POINTS])
    mkdirSync(folder, { recursive: true });
  const logFile = join(places.logs, `${NODE}.log`);
  const log = openSync(logFile, 'w');
  const flags = [
    '--fork',
    '--pid',
    '--mount',
    '--net',
    '--ipc',
    '--uts',
    '--propagation',
    'slave',
    '--mount-proc',
    '--kill-child',
  ];
  const unshare = spawn('unshare', [...flags, 'sh', '-euc', PREPARE], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: PATH_INSIDE,
      KUBELET: places.kubelet,
      POD_LOGS: places.podLogs,
      INIT: join(places.binaries, 'pause'),
      NODE_NAME,
      NODE_ADDRESS,
      SERVICE_RANGE,
    },
  });
  unshare.unref();
  if (unshare.pid !== undefined)
    writeRecord(places.processes, NODE_PARENT, recordProcess(unshare.pid));
  let ended = unshare.pid === undefined;
  unshare.once('error', () => (ended = true)).once('exit', () => (ended = true));
  const first = await until(() => findInit(unshare.pid ?? 0), {
    deadlineMs: START_DEADLINE_MS,
    failed: () =>
      ended
        ? `The node's namespaces could not be opened. See ${logFile}.\n` +
          lastLines(readFileSync(logFile, 'utf8'), 5)
        : undefined,
    what: `the node's namespaces (log: ${logFile})`,
  });
  const record = recordProcess(first);
  writeRecord(places.processes, NODE, record);
  return record;
}

/** The running node, if there is one. */
export const findNode = ({ processes }: ClusterPlaces): ProcessRecord | undefined =>
  findRunning(processes, NODE);

/**
 * `node`: as the node's own programs see it; `machine`: among the node's processes and files, but
 * on the machine's network.
 */
export type Network = 'node' | 'machine';

/** What to put before a command line so that it runs in the node. */
export function enterNode(
  { pid }: ProcessRecord,
  network: Network = 'node',
): readonly [string, ...string[]] {
  return [
    'nsenter',
    '--target',
    String(pid),
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    ...(network === 'node' ? ['--net'] : []),
    '--',
  ];
}

export const PATH_INSIDE = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The node is prepared when its first process has become the program that does nothing but wait.
 */
function findInit(unshare: number): number | undefined {
  return childrenOf(unshare).find(
    (pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'pause',
  );
}
