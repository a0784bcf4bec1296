import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASE_IMAGE } from '../../toolchain/debian/base-image.ts';
import { cgroupFolders } from '../../test-cluster/cgroups.ts';
import { clusterPlaces } from '../../test-cluster/places.ts';
import { childrenOf, findRunning, recordedNames } from '../../test-cluster/process-record.ts';
import { toolsDirectory } from '../../toolchain/places.mjs';
import { until } from '../until.ts';

jest.setTimeout(300_000);

const { binaries } = clusterPlaces(join(toolsDirectory(), 'cluster'));
/**
 * Where the tests run against another cluster, the programs of ours are not built, and without root
 * none of them would start.
 */
const canStart = process.getuid?.() === 0 && existsSync(join(binaries, 'metrics-server'));
const onOwnCluster = canStart ? test : test.skip;

interface Ended {
  readonly code: number;
  readonly output: string;
}

const tools = mkdtempSync(join(tmpdir(), 'cluster-life-'));
const places = clusterPlaces(join(tools, 'cluster'));

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
  });
}

const cluster = (...args: string[]): Promise<Ended> =>
  run(process.execPath, [join(import.meta.dirname, '../../tools/commands/cluster.ts'), ...args], {
    ...process.env,
    SPYWATCHER_TOOLS: tools,
  });
const kubectl = (...args: string[]): Promise<Ended> =>
  run(join(binaries, 'kubectl'), [
    '--kubeconfig',
    places.kubeconfig,
    '--cache-dir',
    join(tools, 'kubectl'),
    ...args,
  ]);

/** Process ids by name, as the cluster has written them down. */
function recorded(): Readonly<Record<string, number>> {
  return Object.fromEntries(
    recordedNames(places.processes).map((name) => [
      name,
      findRunning(places.processes, name)?.pid ?? 0,
    ]),
  );
}

function processesOf(namespace: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/ns/pid`) === namespace;
    } catch {
      return false; // has just ended
    }
  });
}

/** What the machine knows of the cluster's files: mounts, and files that serve as disks. */
function tracesOnMachine(): string[] {
  const disks = readdirSync('/sys/block')
    .map((name) => `/sys/block/${name}/loop/backing_file`)
    .filter(existsSync)
    .map((file) => readFileSync(file, 'utf8'));
  return [...readFileSync('/proc/mounts', 'utf8').split('\n'), ...disks].filter((line) =>
    line.includes(tools),
  );
}

beforeAll(async () => {
  if (!canStart) return;
  mkdirSync(places.root);
  symlinkSync(binaries, places.binaries);
  expect(await cluster('up')).toMatchObject({ code: 0 });
});

afterAll(async () => {
  if (canStart) await cluster('down');
  rmSync(tools, { recursive: true, force: true });
});

onOwnCluster('a second up changes nothing', async () => {
  const before = recorded();
  expect(await cluster('up')).toMatchObject({ code: 0 });
  expect(recorded()).toEqual(before);
});

onOwnCluster(
  'what has ended is named by status and started again by up, beside the processes that still run',
  async () => {
    const before = recorded();
    for (const pid of childrenOf(before['kube-scheduler'] ?? 0)) process.kill(pid, 'SIGKILL');
    const { code } = await until(
      () => cluster('status'),
      ({ output }) => /^kube-scheduler +has ended, see \S+kube-scheduler.log$/m.test(output),
    );
    expect(code).toBe(1);
    expect(await cluster('up')).toMatchObject({ code: 0 });
    const { 'kube-scheduler': schedulerBefore, ...othersBefore } = before;
    const { 'kube-scheduler': schedulerAfter, ...othersAfter } = recorded();
    expect(schedulerAfter).not.toBe(schedulerBefore);
    expect(othersAfter).toEqual(othersBefore);
    expect((await cluster('status')).code).toBe(0);
  },
);

onOwnCluster(
  "a claim gets a volume of its size that belongs to the pod's group, and that goes with the claim",
  async () => {
    expect(await cluster('load', BASE_IMAGE)).toMatchObject({ code: 0 });
    const script =
      'id -G; stat -c %g /data; head -c 200M /dev/zero > /data/file; stat -c %s /data/file';
    const pod = {
      securityContext: { runAsNonRoot: true, runAsUser: 999, runAsGroup: 999, fsGroup: 999 },
      restartPolicy: 'Never',
      containers: [
        {
          name: 'writer',
          image: BASE_IMAGE,
          command: ['sh', '-c', script],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    };
    const objects = [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Mi' } } },
      },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'writer' }, spec: pod },
    ];
    for (const object of objects)
      expect(await kubectl('create', '--filename', writeObject(object))).toMatchObject({ code: 0 });
    expect(
      await kubectl(
        'wait',
        'pod/writer',
        '--for=jsonpath={.status.phase}=Succeeded',
        '--timeout=60s',
      ),
    ).toMatchObject({ code: 0 });
    const { output } = await kubectl('logs', 'writer');
    const [groups, owner, complaint, size] = output.trim().split('\n');
    expect({ groups, owner }).toEqual({ groups: '999', owner: '999' });
    expect(complaint).toContain('No space left on device');
    expect(Number(size)).toBeGreaterThan(50 << 20);
    expect(Number(size)).toBeLessThan(100 << 20);
    expect(
      await kubectl('delete', 'pod/writer', 'persistentvolumeclaim/data', '--wait'),
    ).toMatchObject({ code: 0 });
    await until(
      () => kubectl('get', 'persistentvolumes', '--output=name'),
      ({ output }) => output === '',
    );
    await until(
      () => Promise.resolve(readdirSync(places.volumes)),
      (files) => files.length === 0,
    );
  },
);

onOwnCluster(
  'down leaves no process, mount, disk or cgroup, and a second down has nothing to do',
  async () => {
    const namespace = readlinkSync(`/proc/${recorded()['node'] ?? 0}/ns/pid`);
    expect(processesOf(namespace).length).toBeGreaterThan(10);
    expect(cgroupFolders(places).filter(existsSync)).not.toEqual([]);
    expect(await cluster('down')).toMatchObject({ code: 0 });
    expect(processesOf(namespace)).toEqual([]);
    expect(cgroupFolders(places).filter(existsSync)).toEqual([]);
    expect(existsSync(places.state)).toBe(false);
    // The kernel lets a disk go some time after its last mount.
    await until(
      () => Promise.resolve(tracesOnMachine()),
      (traces) => traces.length === 0,
    );
    expect(await cluster('down')).toEqual({ code: 0, output: '' });
  },
);

function writeObject(object: object): string {
  const file = join(tools, 'object.json');
  writeFileSync(file, JSON.stringify(object));
  return file;
}
