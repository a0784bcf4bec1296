import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterPlaces } from './places.ts';

/** Writes a kubeconfig that holds all it needs; `identity` names the certificate. */
export function writeKubeconfig(
  { certificates }: ClusterPlaces,
  {
    identity,
    server,
    file,
  }: { readonly identity: string; readonly server: string; readonly file: string },
): void {
  const encoded = (name: string): string =>
    readFileSync(join(certificates, name)).toString('base64');
  const name = 'spywatcher';
  const text = stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': encoded('ca.crt') } }],
      users: [
        {
          name: identity,
          user: {
            'client-certificate-data': encoded(`${identity}.crt`),
            'client-key-data': encoded(`${identity}.key`),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: identity } }],
      'current-context': name,
    },
    { lineWidth: 0 },
  );
  writeFileSync(file, text, { mode: 0o600 });
}
