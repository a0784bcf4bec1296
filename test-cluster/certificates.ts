import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../toolchain/program.ts';
import { API_SERVICE_ADDRESS, CLUSTER_DOMAIN, NODE_ADDRESS, NODE_NAME } from './addresses.ts';

/**
 * Who signs, by the file's name. Kubernetes trusts the headers of a front proxy that the second one
 * has signed.
 */
type Authority = 'ca' | 'front-proxy-ca';

interface Certificate {
  /** Name of its files, `<name>.crt` and `<name>.key`. */
  readonly name: string;
  readonly authority: Authority;
  /** Kubernetes' user name. */
  readonly user: string;
  /** Kubernetes' group. */
  readonly group?: string;
  /** Names and addresses of a server. */
  readonly hosts?: readonly string[];
}

/**
 * Every identity of the cluster; the names in `user` and `group` are Kubernetes' own, and its
 * built-in roles go by them.
 */
const CERTIFICATES: readonly Certificate[] = [
  {
    name: 'apiserver',
    authority: 'ca',
    user: 'kube-apiserver',
    hosts: [
      'DNS:localhost',
      'DNS:kubernetes',
      'DNS:kubernetes.default',
      'DNS:kubernetes.default.svc',
      `DNS:kubernetes.default.svc.${CLUSTER_DOMAIN}`,
      'IP:127.0.0.1',
      `IP:${NODE_ADDRESS}`,
      `IP:${API_SERVICE_ADDRESS}`,
    ],
  },
  {
    name: 'kubelet',
    authority: 'ca',
    user: `system:node:${NODE_NAME}`,
    group: 'system:nodes',
    hosts: [`DNS:${NODE_NAME}`, `IP:${NODE_ADDRESS}`],
  },
  {
    name: 'apiserver-kubelet-client',
    authority: 'ca',
    user: 'kube-apiserver-kubelet-client',
    group: 'system:masters',
  },
  { name: 'admin', authority: 'ca', user: 'admin', group: 'system:masters' },
  { name: 'controller-manager', authority: 'ca', user: 'system:kube-controller-manager' },
  { name: 'scheduler', authority: 'ca', user: 'system:kube-scheduler' },
  { name: 'kube-proxy', authority: 'ca', user: 'system:kube-proxy' },
  { name: 'front-proxy-client', authority: 'front-proxy-ca', user: 'front-proxy-client' },
];

const DAYS = '3650';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'] as const;

/**
 * Makes what is missing in `folder`: the authorities, all certificates, and the key that signs the
 * tokens of service accounts (`service-accounts.key`).
 */
export async function ensureCertificates(folder: string): Promise<void> {
  if (existsSync(join(folder, 'complete'))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  for (const authority of ['ca', 'front-proxy-ca'] satisfies Authority[]) {
    await openssl([
      '-subj',
      `/CN=spywatcher-cluster-${authority}`,
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
      '-keyout',
      file(`${authority}.key`),
      '-out',
      file(`${authority}.crt`),
    ]);
  }
  await Promise.all(
    CERTIFICATES.map(({ name, authority, user, group, hosts }) =>
      openssl([
        ...['-CA', file(`${authority}.crt`), '-CAkey', file(`${authority}.key`)],
        ...['-subj', `${group === undefined ? '' : `/O=${group}`}/CN=${user}`],
        ...[
          '-addext',
          'basicConstraints=critical,CA:FALSE',
          '-addext',
          'extendedKeyUsage=serverAuth,clientAuth',
        ],
        ...(hosts === undefined ? [] : ['-addext', `subjectAltName=${hosts.join(',')}`]),
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)],
      ]),
    ),
  );
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file('service-accounts.key'), privateKey.export({ type: 'sec1', format: 'pem' }), {
    mode: 0o600,
  });
  writeFileSync(file('complete'), '');
}

const openssl = (args: readonly string[]): Promise<unknown> =>
  runProgram('openssl', ['req', '-x509', '-days', DAYS, ...NEW_KEY, ...args]);
