import { join } from 'node:path';
import { toolsDirectory } from '../toolchain/places.mjs';

/** Absolute paths. Everything below `state` goes with the cluster. */
export interface ClusterPlaces {
  readonly root: string;
  readonly binaries: string;
  /** For users of the cluster; there while it runs. */
  readonly kubeconfig: string;
  readonly state: string;
  readonly certificates: string;
  readonly config: string;
  readonly processes: string;
  readonly logs: string;
  readonly etcd: string;
  readonly containerd: string;
  readonly volumes: string;
  readonly kubelet: string;
  /** The node's /var/log: the logs of its pods. */
  readonly podLogs: string;
  /** Archives of the images that are made of one program. */
  readonly images: string;
}

export function clusterPlaces(root = join(toolsDirectory(), 'cluster')): ClusterPlaces {
  const state = join(root, 'state');
  return {
    root,
    binaries: join(root, 'bin'),
    kubeconfig: join(root, 'kubeconfig'),
    state,
    certificates: join(state, 'certificates'),
    config: join(state, 'config'),
    processes: join(state, 'processes'),
    logs: join(state, 'logs'),
    etcd: join(state, 'etcd'),
    containerd: join(state, 'containerd'),
    volumes: join(state, 'volumes'),
    kubelet: join(state, 'kubelet'),
    podLogs: join(state, 'pod-logs'),
    images: join(state, 'images'),
  };
}
