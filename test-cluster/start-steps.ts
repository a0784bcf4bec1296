import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../toolchain/progress.ts';
import { ensureCertificates } from './certificates.ts';
import { makeCgroups } from './cgroups.ts';
import { type ClusterProcess, describeEnd, ensureProcess } from './cluster-process.ts';
import { containerd, hasImage, importArchive } from './container-runtime.ts';
import {
  apiServer,
  apiServerInside,
  apiWay,
  controllerManager,
  etcd,
  kubeconfigFile,
  scheduler,
} from './control-plane.ts';
import { dnsObjects } from './dns-objects.ts';
import { recordKernelSettings } from './kernel-settings.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { applyObjects, describePods } from './kubectl.ts';
import { metricsObjects } from './metrics-objects.ts';
import { kubelet, kubeProxy, kubeRouter } from './node-agents.ts';
import { arePodsReady, doNamesResolve, isNodeReady, isNodeRegistered } from './node-checks.ts';
import { findNode, openNode } from './node-namespaces.ts';
import { chooseOutsidePort } from './outside-port.ts';
import type { ClusterPlaces } from './places.ts';
import { findRunning, type ProcessRecord, recordedNames } from './process-record.ts';
import { archiveProgram, POD_PROGRAMS, programImage } from './program-image.ts';
import { until } from '../toolchain/until.ts';
import { storageClass } from './volume-plan.ts';
import { volumeService } from './volume-service.ts';

const READY_DEADLINE_MS = 120_000;
const IDENTITIES = ['admin', 'controller-manager', 'scheduler', 'kubelet', 'kube-proxy'] as const;

/** From nothing, or from a cluster of which something has ended, to one that answers. */
export function startSteps(places: ClusterPlaces): Step[] {
  let node = findNode(places);
  const wasThere = node !== undefined;
  const opened = (): ProcessRecord => {
    if (node === undefined) throw new Error('A step ran before the one that opens the node.');
    return node;
  };
  const runs = (name: string, after: readonly string[], make: () => ClusterProcess): Step => ({
    name,
    after,
    run: (_report, signal) => ensureProcess({ places, node: opened(), signal }, make()),
  });
  const port = chooseOutsidePort(join(places.state, 'outside-port'));

  return [
    {
      name: 'node',
      run: async () => {
        if (wasThere) return 'ready';
        await prepare(places, await port);
        node = await openNode(places);
        return 'done';
      },
    },
    runs('etcd', ['node'], () => etcd(places)),
    runs('kube-apiserver', ['etcd'], () => apiServer(places, opened())),
    runs('kube-controller-manager', ['kube-apiserver'], () => controllerManager(places)),
    runs('kube-scheduler', ['kube-apiserver'], () => scheduler(places)),
    {
      name: 'way to the API server',
      after: ['kube-apiserver'],
      run: async (_report, signal) => {
        const [inside, outside] = apiWay(places, await port);
        await ensureProcess({ places, node: opened(), signal }, inside);
        return ensureProcess({ places, node: opened(), signal }, outside);
      },
    },
    runs('containerd', ['node'], () => containerd(places, opened())),
    {
      name: 'images',
      after: ['containerd'],
      run: async (report) => {
        const there = await Promise.all(
          POD_PROGRAMS.map((program) => hasImage(opened(), programImage(program))),
        );
        const missing = POD_PROGRAMS.filter((_, index) => there[index] !== true);
        for (const program of missing) {
          report(program);
          const archive = await archiveProgram(places, program);
          await importArchive(opened(), archive);
          rmSync(archive);
        }
        return missing.length === 0 ? 'ready' : 'done';
      },
    },
    runs('kubelet', ['images', 'way to the API server'], () => ({
      ...kubelet(places),
      isReady: () => isNodeRegistered(places),
    })),
    runs('kube-proxy', ['kube-apiserver'], () => kubeProxy(places)),
    // Without an object of its node it ends at once.
    runs('kube-router', ['kubelet'], () => kubeRouter(places, opened())),
    runs('volumes', ['kube-apiserver'], () => volumeService(places)),
    {
      name: 'DNS, metrics, storage class',
      after: ['kubelet', 'kube-proxy'],
      run: async () => {
        await applyObjects(places, [storageClass, ...dnsObjects, ...metricsObjects]);
        return wasThere ? 'ready' : 'done';
      },
    },
    {
      name: 'node is ready',
      after: [
        'DNS, metrics, storage class',
        'kube-router',
        'volumes',
        'kube-controller-manager',
        'kube-scheduler',
      ],
      run: async (report, signal) => {
        const wait = {
          deadlineMs: READY_DEADLINE_MS,
          failed: () => firstEnd(places),
          explain: () => describePods(places),
          signal,
        };
        const checks = [
          ['the node', () => isNodeReady(places)],
          ['DNS', () => doNamesResolve(opened())],
          ['the pods of kube-system', () => arePodsReady(places)],
        ] as const;
        for (const [what, isDone] of checks) {
          if (!wasThere) report(`waiting for ${what}`);
          await until(isDone, { ...wait, what });
        }
        const end = firstEnd(places);
        if (end !== undefined) throw new Error(end);
        return wasThere ? 'ready' : 'done';
      },
    },
  ];
}

async function prepare(places: ClusterPlaces, port: number): Promise<void> {
  for (const folder of [places.config, places.volumes]) mkdirSync(folder, { recursive: true });
  await ensureCertificates(places.certificates);
  for (const identity of IDENTITIES)
    writeKubeconfig(places, {
      identity,
      server: apiServerInside,
      file: kubeconfigFile(places, identity),
    });
  writeKubeconfig(places, {
    identity: 'admin',
    server: `https://127.0.0.1:${port}`,
    file: places.kubeconfig,
  });
  recordKernelSettings(places);
  makeCgroups(places);
}

/** What is told of the first process that has ended, if one has. */
function firstEnd(places: ClusterPlaces): string | undefined {
  const name = recordedNames(places.processes).find(
    (candidate) => findRunning(places.processes, candidate) === undefined,
  );
  return name === undefined ? undefined : describeEnd(places, name);
}
