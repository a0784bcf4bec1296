import { type ClusterApi, openClusterApi } from '../../infra/running/cluster-api.ts';
import { until } from '../until.ts';
import { deleteNamespace } from './cluster-stack.ts';
import { testImages } from './test-images.ts';

/**
 * A Postgres in a namespace that the stack knows nothing of: TLS for everyone, a certificate of its
 * own authority.
 */
export interface OutsideServer {
  /** The name that its certificate has. */
  readonly host: string;
  /** The same server by a name that its certificate does not have. */
  readonly otherHost: string;
  /** Of its pod. */
  readonly address: string;
  readonly password: string;
  /** PEM. */
  readonly authority: string;
  /** Another one, which has signed nothing. */
  readonly otherAuthority: string;
  /** As its superuser; rows with `|` between the fields. */
  ask(sql: string, database?: string): Promise<string>;
  close(): Promise<void>;
}

const USER = 999;
const PASSWORD = 'canary-of-the-outside-server';
const LABELS = { app: 'outside-postgres' };
const SIGN = 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
const MAKE_FILES = `
umask 077
cd /tls
for name in authority other; do
  ${SIGN} -subj "/CN=$name of this test" -keyout $name.key -out $name.crt
done
${SIGN} -CA authority.crt -CAkey authority.key -subj /CN=server -addext "subjectAltName=DNS:$1" \\
  -keyout server.key -out server.crt
printf '%s\\n' 'local all all scram-sha-256' 'hostssl all all all scram-sha-256' >pg_hba.conf`;
const PARAMETERS = {
  ssl: 'on',
  ssl_cert_file: '/tls/server.crt',
  ssl_key_file: '/tls/server.key',
  hba_file: '/tls/pg_hba.conf',
};

export async function startOutsideServer(environment: string): Promise<OutsideServer> {
  const api = openClusterApi({ environment: `${environment}-outside`, kubernetes: {} });
  const { core, namespace } = api;
  const host = `db.${namespace}.svc`;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedService({
    namespace,
    body: { metadata: { name: 'db' }, spec: { selector: LABELS, ports: [{ port: 5_432 }] } },
  });
  await startPod(api, host);
  const read = () => core.readNamespacedPod({ namespace, name: 'postgres' });
  await until(
    async () => (await read()).status?.conditions?.find(({ type }) => type === 'Ready')?.status,
    (status) => status === 'True',
  );
  const inside = { pod: 'postgres', container: 'postgres' };
  return {
    host,
    otherHost: `db.${namespace}`,
    address: (await read()).status?.podIP ?? '',
    password: PASSWORD,
    authority: await api.run(inside, ['cat', '/tls/authority.crt']),
    otherAuthority: await api.run(inside, ['cat', '/tls/other.crt']),
    ask: async (sql, database = 'postgres') =>
      (
        await api.run(inside, [
          'psql',
          '-XqAt',
          '-v',
          'ON_ERROR_STOP=1',
          `postgresql://postgres:${PASSWORD}@/${database}?host=/run/postgresql`,
          '-c',
          sql,
        ])
      ).trim(),
    close: () => deleteNamespace(api, namespace),
  };
}

async function startPod({ core, namespace }: ClusterApi, host: string): Promise<void> {
  const { postgres, pgbouncer } = testImages();
  const folder = (name: string, mountPath: string) => ({
    volume: { name, emptyDir: {} },
    mount: { name, mountPath },
  });
  const [tls, data, socket] = [
    folder('tls', '/tls'),
    folder('data', '/var/lib/postgresql/data'),
    folder('socket', '/run/postgresql'),
  ];
  await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name: 'postgres', labels: LABELS },
      spec: {
        terminationGracePeriodSeconds: 5,
        securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER },
        volumes: [tls, data, socket].map(({ volume }) => volume),
        // Debian's authorities bring openssl along.
        initContainers: [
          {
            name: 'certificates',
            image: pgbouncer,
            imagePullPolicy: 'IfNotPresent',
            command: ['sh', '-ec', MAKE_FILES, 'sh', host],
            volumeMounts: [tls.mount],
          },
        ],
        containers: [
          {
            name: 'postgres',
            image: postgres,
            imagePullPolicy: 'IfNotPresent',
            args: [
              'postgres',
              ...Object.entries(PARAMETERS).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
            ],
            env: [{ name: 'POSTGRES_PASSWORD', value: PASSWORD }],
            volumeMounts: [tls.mount, data.mount, socket.mount],
            readinessProbe: {
              exec: { command: ['pg_isready', '--quiet', '--host', '127.0.0.1'] },
              periodSeconds: 1,
            },
          },
        ],
      },
    },
  });
}
