import { join } from 'node:path';
import { tryProgram } from '../toolchain/program.ts';
import { NODE_POD_RANGE } from './addresses.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { enterNode } from './node-namespaces.ts';
import type { ClusterPlaces } from './places.ts';
import type { ProcessRecord } from './process-record.ts';
import { programImage } from './program-image.ts';

/** Inside the node, where /run is its own. */
const RUNTIME_SOCKET = '/run/containerd/containerd.sock';
export const runtimeEndpoint = `unix://${RUNTIME_SOCKET}`;
/** Where Debian's containernetworking-plugins are. */
const NETWORK_PLUGINS = '/usr/lib/cni';
/** The namespace of containerd that the kubelet's containers and images are in. */
const KUBERNETES_NAMESPACE = 'k8s.io';

/**
 * A containerd of our own: root, state and socket are the node's, and the machine's engine does not
 * know of it.
 */
export function containerd(places: ClusterPlaces, node: ProcessRecord): ClusterProcess {
  const configFile = join(places.config, 'containerd.toml');
  const networkFolder = join(places.config, 'pod-network');
  return {
    name: 'containerd',
    // Containers get the limits that containerd was started with, and a shell's are low: as a
    // service it has the highest there is.
    program: 'sh',
    args: ['-c', 'ulimit -S -n "$(ulimit -H -n)"; exec containerd --config "$1"', 'sh', configFile],
    files: {
      [configFile]: renderRuntimeConfig({ root: places.containerd, networkFolder }),
      [join(networkFolder, 'pods.conflist')]: renderNetworkConfig(),
    },
    isReady: async () => ((await tryCtr(node, ['version'])).code === 0 ? true : undefined),
  };
}

function renderRuntimeConfig({
  root,
  networkFolder,
}: {
  readonly root: string;
  readonly networkFolder: string;
}): string {
  return `version = 2
root = ${JSON.stringify(root)}
state = "/run/containerd"

[grpc]
  address = "${RUNTIME_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${programImage('pause')}"
  # Needed where CAP_SYS_RESOURCE is missing, as in many containers: no sandbox would start.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${NETWORK_PLUGINS}"
    conf_dir = ${JSON.stringify(networkFolder)}

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/**
 * Each pod gets a link of its own to the node and is reached by a route. On a bridge, traffic
 * between two pods would pass the rules of network policies only where the kernel has br_netfilter.
 */
function renderNetworkConfig(): string {
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: '/run/cni/networks',
          ranges: [[{ subnet: NODE_POD_RANGE }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}

/** Imports an archive as `docker save` makes it. */
export async function importArchive(node: ProcessRecord, file: string): Promise<void> {
  const { code, stderr } = await tryCtr(node, ['images', 'import', file]);
  if (code !== 0) throw new Error(`The images in ${file} could not be imported: ${stderr.trim()}`);
}

/** `reference` as pods name it, for example `spywatcher/app:0123456789ab`. */
export async function hasImage(node: ProcessRecord, reference: string): Promise<boolean> {
  const { stdout } = await tryCtr(node, [
    'images',
    'ls',
    '--quiet',
    `name==${fullReference(reference)}`,
  ]);
  return stdout.trim() !== '';
}

/** Docker leaves out its own registry and `library`; containerd stores neither left out. */
export function fullReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length === 0) return `docker.io/library/${reference}`;
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  return isRegistry ? reference : `docker.io/${reference}`;
}

/** The command line of `ctr` for the kubelet's images, to be run on the machine. */
export function ctrCommand(
  node: ProcessRecord,
  args: readonly string[],
): readonly [string, ...string[]] {
  return [
    ...enterNode(node),
    'ctr',
    '--address',
    RUNTIME_SOCKET,
    '--namespace',
    KUBERNETES_NAMESPACE,
    ...args,
  ];
}

function tryCtr(node: ProcessRecord, args: readonly string[]): ReturnType<typeof tryProgram> {
  const [enter, ...rest] = ctrCommand(node, args);
  return tryProgram(enter, rest);
}
