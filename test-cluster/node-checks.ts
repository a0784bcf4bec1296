import { tryProgram } from '../toolchain/program.ts';
import {
  API_SERVICE_ADDRESS,
  CLUSTER_DOMAIN,
  DNS_SERVICE_ADDRESS,
  NODE_NAME,
} from './addresses.ts';
import { kubectlCommand, tryKubectl } from './kubectl.ts';
import { enterNode } from './node-namespaces.ts';
import type { ClusterPlaces } from './places.ts';
import type { ProcessRecord } from './process-record.ts';

const ANSWER_MS = 5_000;

/** Each answers with `true`, or with `undefined` for not yet. */
type Check = Promise<true | undefined>;

const yes = (is: boolean): true | undefined => (is ? true : undefined);

export async function isApiServerReady(
  places: ClusterPlaces,
  node: ProcessRecord,
  kubeconfig: string,
): Check {
  const [enter, ...rest] = enterNode(node);
  return yes(
    (
      await tryProgram(
        enter,
        [...rest, ...kubectlCommand(places, kubeconfig), 'get', '--raw', '/readyz'],
        { env: {}, timeoutMs: ANSWER_MS },
      )
    ).code === 0,
  );
}

/** From the machine, by the kubeconfig that its users have. */
export async function isReachable(places: ClusterPlaces): Check {
  return yes(
    (await tryKubectl(places, ['get', '--raw', '/readyz', '--request-timeout=5s'])).code === 0,
  );
}

export async function isNodeRegistered(places: ClusterPlaces): Check {
  return yes((await tryKubectl(places, ['get', 'node', NODE_NAME])).code === 0);
}

export async function isNodeReady(places: ClusterPlaces): Check {
  const { stdout } = await tryKubectl(places, [
    'get',
    'node',
    NODE_NAME,
    '--output',
    'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
  ]);
  return yes(stdout === 'True');
}

/** `READY/WANTED/GENERATION=OBSERVED` of a Deployment, as a template of kubectl's. */
const ROLLOUT =
  '{.status.readyReplicas}/{.spec.replicas}/' +
  '{.metadata.generation}={.status.observedGeneration}';

/** Every rollout of the cluster's own pods. */
export async function arePodsReady(places: ClusterPlaces): Check {
  const { code, stdout } = await tryKubectl(places, [
    'get',
    'deployments',
    '--namespace=kube-system',
    '--output',
    `jsonpath={range .items[*]}${ROLLOUT} {end}`,
  ]);
  const rollouts = stdout.trim().split(' ');
  return yes(code === 0 && rollouts.every((rollout) => /^(\d+)\/\1\/(\d+)=\2$/.test(rollout)));
}

/** Its rules are in place. */
export async function arePoliciesEnforced(node: ProcessRecord): Check {
  const [enter, ...rest] = enterNode(node);
  return yes(
    (await tryProgram(enter, [...rest, 'iptables', '--list-rules', 'KUBE-ROUTER-FORWARD'])).code ===
      0,
  );
}

/** Asks the name server by the address of its service, and so proves the way there too. */
export async function doNamesResolve(node: ProcessRecord): Check {
  const [enter, ...rest] = enterNode(node);
  const { stdout } = await tryProgram(enter, [...rest, process.execPath, '--eval', ASK_NAME], {
    env: {},
    timeoutMs: ANSWER_MS,
  });
  return yes(stdout.trim() === API_SERVICE_ADDRESS);
}

const ASK_NAME = `
const resolver = new (require('node:dns').promises.Resolver)({ timeout: 1000, tries: 1 });
resolver.setServers(['${DNS_SERVICE_ADDRESS}']);
resolver.resolve4('kubernetes.default.svc.${CLUSTER_DOMAIN}').then(
  ([address]) => console.log(address),
  () => process.exit(1),
);
`;
