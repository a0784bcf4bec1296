import { join } from 'node:path';
import {
  API_PORT,
  CLUSTER_DOMAIN,
  NODE_ADDRESS,
  NODE_NAME,
  POD_RANGE,
  SERVICE_RANGE,
} from './addresses.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { isApiServerReady, isReachable } from './node-checks.ts';
import type { ClusterPlaces } from './places.ts';
import type { ProcessRecord } from './process-record.ts';

const ETCD_URL = 'http://127.0.0.1:2379';
const ETCD_PEER_URL = 'http://127.0.0.1:2380';
/**
 * Where the API server can be reached by what is in the node's mounts, but on the machine's
 * network.
 */
const API_SOCKET = '/run/api-server.sock';

export const apiServerInside = `https://${NODE_ADDRESS}:${API_PORT}`;

export const kubeconfigFile = ({ config }: ClusterPlaces, identity: string): string =>
  join(config, `${identity}.kubeconfig`);

export function etcd({ binaries, etcd }: ClusterPlaces): ClusterProcess {
  return {
    name: 'etcd',
    program: join(binaries, 'etcd'),
    args: [
      `--name=${NODE_NAME}`,
      `--data-dir=${etcd}`,
      `--listen-client-urls=${ETCD_URL}`,
      `--advertise-client-urls=${ETCD_URL}`,
      `--listen-peer-urls=${ETCD_PEER_URL}`,
      `--initial-advertise-peer-urls=${ETCD_PEER_URL}`,
      `--initial-cluster=${NODE_NAME}=${ETCD_PEER_URL}`,
      // The cluster is thrown away, also after a power cut; waiting for the disk would be the
      // slowest thing in it.
      '--unsafe-no-fsync',
    ],
  };
}

export function apiServer(places: ClusterPlaces, node: ProcessRecord): ClusterProcess {
  const certificate = (name: string): string => join(places.certificates, name);
  return {
    name: 'kube-apiserver',
    program: join(places.binaries, 'kube-apiserver'),
    args: [
      `--etcd-servers=${ETCD_URL}`,
      `--advertise-address=${NODE_ADDRESS}`,
      `--secure-port=${API_PORT}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--client-ca-file=${certificate('ca.crt')}`,
      `--tls-cert-file=${certificate('apiserver.crt')}`,
      `--tls-private-key-file=${certificate('apiserver.key')}`,
      `--kubelet-certificate-authority=${certificate('ca.crt')}`,
      `--kubelet-client-certificate=${certificate('apiserver-kubelet-client.crt')}`,
      `--kubelet-client-key=${certificate('apiserver-kubelet-client.key')}`,
      // The node's name resolves nowhere, and `kubectl exec` and `kubectl logs` would go by it.
      '--kubelet-preferred-address-types=InternalIP',
      `--service-account-issuer=https://kubernetes.default.svc.${CLUSTER_DOMAIN}`,
      `--service-account-key-file=${certificate('service-accounts.key')}`,
      `--service-account-signing-key-file=${certificate('service-accounts.key')}`,
      `--requestheader-client-ca-file=${certificate('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${certificate('front-proxy-client.crt')}`,
      `--proxy-client-key-file=${certificate('front-proxy-client.key')}`,
      '--profiling=false',
    ],
    isReady: () => isApiServerReady(places, node, kubeconfigFile(places, 'admin')),
  };
}

export function controllerManager(places: ClusterPlaces): ClusterProcess {
  const certificate = (name: string): string => join(places.certificates, name);
  return {
    name: 'kube-controller-manager',
    program: join(places.binaries, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfigFile(places, 'controller-manager')}`,
      '--bind-address=127.0.0.1',
      `--root-ca-file=${certificate('ca.crt')}`,
      `--cluster-signing-cert-file=${certificate('ca.crt')}`,
      `--cluster-signing-key-file=${certificate('ca.key')}`,
      `--service-account-private-key-file=${certificate('service-accounts.key')}`,
      '--use-service-account-credentials=true',
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${POD_RANGE}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      // There is no second one; on a machine that is short of CPU a lost lease would end this one.
      '--leader-elect=false',
      '--profiling=false',
    ],
  };
}

export function scheduler(places: ClusterPlaces): ClusterProcess {
  return {
    name: 'kube-scheduler',
    program: join(places.binaries, 'kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfigFile(places, 'scheduler')}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--profiling=false',
    ],
  };
}

/**
 * Two halves of the way from 127.0.0.1 of the machine to the API server: a Unix socket is the only
 * thing that both networks share.
 */
export function apiWay(
  places: ClusterPlaces,
  outsidePort: number,
): readonly [ClusterProcess, ClusterProcess] {
  return [
    {
      name: 'api-way-inside',
      program: 'socat',
      args: [
        `UNIX-LISTEN:${API_SOCKET},fork,unlink-early,backlog=128`,
        `TCP:${NODE_ADDRESS}:${API_PORT}`,
      ],
    },
    {
      name: 'api-way-outside',
      program: 'socat',
      args: [
        `TCP-LISTEN:${outsidePort},bind=127.0.0.1,reuseaddr,fork,backlog=128`,
        `UNIX-CONNECT:${API_SOCKET}`,
      ],
      network: 'machine',
      isReady: () => isReachable(places),
    },
  ];
}
