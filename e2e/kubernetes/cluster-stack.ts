import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import { ROLES } from '../../infra/credentials.ts';
import { type ClusterApi, openClusterApi } from '../../infra/running/cluster-api.ts';
import { namespaceName } from '../../infra/plan/kubernetes-names.ts';
import { openStackProject, type StackProject, type StackSettings } from '../stack-project.ts';
import { testImages } from './test-images.ts';

const GONE_WITHIN_MS = 180_000;

/** A throw-away environment in the cluster of KUBECONFIG, in a namespace of its own. */
export interface ClusterStack extends Omit<StackProject, 'write' | 'close'> {
  readonly api: ClusterApi;
  /**
   * Writes the settings file; maps are merged with the small environment of the tests, key by key.
   */
  configure(settings?: StackSettings): void;
  /**
   * One query as the superuser of the settings inside the Postgres pod; rows with `|` between the
   * fields.
   */
  psql(sql: string): Promise<string>;
  /** As `psql`, with another password than the plan's. */
  psqlAs(password: string, sql: string): Promise<string>;
  /** Deletes the namespace and all in it, protected or not, and forgets the stack. */
  close(): Promise<void>;
}

/** Small enough for two cores beside what the cluster itself takes. */
const SMALL = {
  target: 'kubernetes',
  kubernetes: { podStartSeconds: 90 },
  credentialsVersion: 1,
  app: { replicas: 2, cpus: 0.5, memoryMiB: 256 },
  // With a reserve of one, the four connections of one instance's app.poolMax can fill a bouncer.
  pooler: { poolSize: 3, minPoolSize: 1, reservePoolSize: 1 },
  postgres: { memoryMiB: 1_472, storageGiB: 1, protect: false },
  redis: { maxMemoryMiB: 64, protect: false },
};

export async function openClusterStack(
  purpose: string,
  settings: StackSettings = {},
): Promise<ClusterStack> {
  const name = `test-${purpose}-${process.pid}`;
  const images = testImages();
  const complete = (given: StackSettings): StackSettings => {
    const merged: Record<string, unknown> = { ...SMALL, images };
    for (const [key, value] of Object.entries(given))
      merged[key] = isMap(value) && isMap(merged[key]) ? { ...merged[key], ...value } : value;
    return merged;
  };
  const project = await openStackProject(name, complete(settings));
  let version = 1;
  const configure = (next: StackSettings = {}): void => {
    const whole = complete(next);
    version = Number(whole['credentialsVersion']);
    project.write(whole);
  };
  const api = openClusterApi({ environment: name, kubernetes: {} });
  const psqlAs = async (password: string, sql: string): Promise<string> => {
    const login = `${ROLES.superuser}:${encodeURIComponent(password)}`;
    const url = `postgresql://${login}@127.0.0.1:5432/${DATABASE}`;
    return (
      await api.run({ pod: 'postgres-0', container: 'postgres' }, ['psql', '-XAt', url, '-c', sql])
    ).trim();
  };
  return {
    ...project,
    api,
    configure,
    psql: (sql) => psqlAs(project.credentials(version).superuser.password, sql),
    psqlAs,
    close: async () => {
      await deleteNamespace(api, namespaceName(name));
      project.close();
    },
  };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Waits until it is gone: the next test would find its pods on the node. */
export async function deleteNamespace(
  { core }: Pick<ClusterApi, 'core'>,
  name: string,
): Promise<void> {
  const find = async () =>
    (await core.listNamespace({ fieldSelector: `metadata.name=${name}` })).items;
  if ((await find()).length === 0) return;
  await core.deleteNamespace({ name });
  for (
    const givenUpAtMs = Date.now() + GONE_WITHIN_MS;
    (await find()).length > 0;
    await sleep(500)
  ) {
    if (Date.now() > givenUpAtMs)
      throw new Error(`the namespace ${name} is not gone after ${GONE_WITHIN_MS / 1_000} s`);
  }
}

export const podName = ({ metadata }: V1Pod): string => metadata?.name ?? '';

/** Those that are ready and stay. */
export async function readyPods(
  api: ClusterApi,
  component: Parameters<ClusterApi['pods']>[0],
): Promise<readonly V1Pod[]> {
  return (await api.pods(component)).filter(({ status }) =>
    status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True'),
  );
}
