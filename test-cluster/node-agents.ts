import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  CLUSTER_DOMAIN,
  DNS_SERVICE_ADDRESS,
  NODE_ADDRESS,
  NODE_NAME,
  POD_RANGE,
  SERVICE_RANGE,
} from './addresses.ts';
import { cgroupName } from './cgroups.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { runtimeEndpoint } from './container-runtime.ts';
import { kubeconfigFile } from './control-plane.ts';
import { arePoliciesEnforced } from './node-checks.ts';
import type { ClusterPlaces } from './places.ts';
import type { ProcessRecord } from './process-record.ts';

export function kubelet(places: ClusterPlaces): ClusterProcess {
  const certificate = (name: string): string => join(places.certificates, name);
  const configFile = join(places.config, 'kubelet.yaml');
  const config = stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NODE_ADDRESS,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificate('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: certificate('kubelet.crt'),
    tlsPrivateKeyFile: certificate('kubelet.key'),
    containerRuntimeEndpoint: runtimeEndpoint,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupName(places)}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [DNS_SERVICE_ADDRESS],
    clusterDomain: CLUSTER_DOMAIN,
    // The machine's name servers cannot be reached from the node.
    resolvConf: '',
    // The machine's disk is shared with all else on it; how full it is says nothing about the pods.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'nodefs.inodesFree': '1%',
      'imagefs.available': '1%',
    },
    // Images are loaded, never pulled: one that is cleared away would not come back.
    imageGCHighThresholdPercent: 100,
  });
  return {
    name: 'kubelet',
    program: join(places.binaries, 'kubelet'),
    args: [
      `--config=${configFile}`,
      `--kubeconfig=${kubeconfigFile(places, 'kubelet')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
    ],
    files: { [configFile]: config },
  };
}

export function kubeProxy(places: ClusterPlaces): ClusterProcess {
  const configFile = join(places.config, 'kube-proxy.yaml');
  const config = stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: kubeconfigFile(places, 'kube-proxy') },
    clusterCIDR: POD_RANGE,
    hostnameOverride: NODE_NAME,
    bindAddress: NODE_ADDRESS,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    // The table's size belongs to the machine, and cannot be set from another network namespace.
    conntrack: { maxPerCore: 0 },
  });
  return {
    name: 'kube-proxy',
    program: join(places.binaries, 'kube-proxy'),
    args: [`--config=${configFile}`],
    files: { [configFile]: config },
  };
}

/** Only as what enforces network policies. */
export function kubeRouter(places: ClusterPlaces, node: ProcessRecord): ClusterProcess {
  return {
    name: 'kube-router',
    program: join(places.binaries, 'kube-router'),
    args: [
      '--run-firewall=true',
      '--run-router=false',
      '--run-service-proxy=false',
      `--kubeconfig=${kubeconfigFile(places, 'admin')}`,
      `--hostname-override=${NODE_NAME}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
    ],
    env: { NODE_NAME },
    isReady: () => arePoliciesEnforced(node),
  };
}
