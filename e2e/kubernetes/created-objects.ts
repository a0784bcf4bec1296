import { request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';

/** An object as the API server gives it, without what only the server writes. */
export interface CreatedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<{
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  }>;
}

type Stored = CreatedObject & {
  readonly metadata: { readonly managedFields?: readonly { readonly manager?: string }[] };
};
interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** The name that Pulumi's provider applies objects under, which the API server writes down. */
const APPLIED_BY = /^pulumi-kubernetes/;

/**
 * The namespace and every object in it, of whatever kind, that `up` applied; what controllers made
 * of them is not among them. Asked for without a client's types, which would drop the fields that
 * they do not know.
 */
export async function readCreatedObjects(namespace: string): Promise<readonly CreatedObject[]> {
  const get = openReader();
  const { groups } = (await get('/apis')) as {
    readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  };
  const versions = [
    { path: '/api/v1', apiVersion: 'v1' },
    ...groups.map(({ preferredVersion: { groupVersion } }) => ({
      path: `/apis/${groupVersion}`,
      apiVersion: groupVersion,
    })),
  ];
  const found: Stored[] = [(await get(`/api/v1/namespaces/${namespace}`)) as Stored];
  for (const { path, apiVersion } of versions) {
    const { resources } = (await get(path)) as ResourceList;
    for (const { name, kind } of resources.filter(
      ({ namespaced, verbs }) => namespaced && verbs.includes('list'),
    )) {
      const { items } = (await get(`${path}/namespaces/${namespace}/${name}`)) as {
        readonly items: readonly Stored[];
      };
      // An item of a list does not say what it is.
      found.push(...items.map((item) => ({ ...item, apiVersion, kind })));
    }
  }
  return found
    .filter(({ metadata }) =>
      metadata.managedFields?.some(({ manager = '' }) => APPLIED_BY.test(manager)),
    )
    .map(withoutServersFields);
}

function withoutServersFields({
  metadata: { name, namespace, labels, annotations },
  ...object
}: Stored): CreatedObject {
  const kept = Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'status'));
  return {
    ...(kept as Omit<CreatedObject, 'metadata'>),
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
  };
}

/** The API server's version, such as `v1.34.1`. */
export async function readServerVersion(): Promise<string> {
  return ((await openReader()('/version')) as { readonly gitVersion: string }).gitVersion;
}

function openReader(): (path: string) => Promise<unknown> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server ?? '';
  return async (path) => {
    const options: RequestOptions = { headers: { accept: 'application/json' } };
    await config.applyToHTTPSOptions(options);
    const [status, body] = await new Promise<readonly [number, string]>((resolve, reject) => {
      request(
        `${server}${path}`,
        options,
        (answer) =>
          void text(answer).then((said) => resolve([answer.statusCode ?? 0, said]), reject),
      )
        .on('error', reject)
        .end();
    });
    if (status !== 200)
      throw new Error(`the API server answers ${status} to ${path}: ${body.slice(0, 300)}`);
    return JSON.parse(body) as unknown;
  };
}
