import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ClusterIdentity, findOtherCluster, readClusterIdentity } from './cluster-identity.ts';

const old: ClusterIdentity = {
  uid: 'aaaa',
  server: 'https://old.example:6443',
  context: 'prod-eu',
};

describe('an environment', () => {
  test('is where it was deployed to when the cluster is the same under another name', () => {
    expect(
      findOtherCluster('prod', old, {
        uid: 'aaaa',
        server: 'https://new-name.example',
        context: 'renamed',
      }),
    ).toBeUndefined();
  });

  test('is refused in another cluster of the same name, with both clusters and ways on', () => {
    expect(findOtherCluster('prod', old, { ...old, uid: 'bbbb' })?.split('\n')).toEqual([
      'prod is in another cluster than the one that your kubeconfig points at:',
      '  deployed to  https://old.example:6443 (context prod-eu, kube-system aaaa)',
      '  points at    https://old.example:6443 (context prod-eu, kube-system bbbb)',
      'Point KUBECONFIG, its current context or kubernetes.context at the first one.',
      'If that cluster is gone for good, forget what was in it, and bring the environment up in ' +
        'the other one: npm run pulumi -- stack rm prod --force --preserve-config, ' +
        'then npm run up -- prod.',
    ]);
  });
});

describe('the cluster that the kubeconfig names', () => {
  const before = process.env['KUBECONFIG'];
  let folder: string;
  let api: Server;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cluster-identity-'))));
  afterEach(() => {
    api.close();
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  });

  /** Starts an API server that answers everything with this; the context `here` names it. */
  async function serve(status: number, body: object): Promise<string> {
    api = createServer(
      (_request, answer) =>
        void answer
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify(body)),
    );
    await new Promise<void>((resolve) => void api.listen(0, '127.0.0.1', resolve));
    const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    process.env['KUBECONFIG'] = join(folder, 'config');
    const config = {
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'here',
    };
    writeFileSync(process.env['KUBECONFIG'], JSON.stringify(config));
    return server;
  }
  const read = (kubernetes: { readonly context?: string } = {}) =>
    readClusterIdentity({ environment: 'prod', kubernetes });

  test('is known by the uid of its oldest namespace', async () => {
    const server = await serve(200, { metadata: { uid: 'cccc' } });
    expect(await read()).toEqual({ uid: 'cccc', server, context: 'here' });
  });

  test('that does not let the user look is refused with the right that is missing', async () => {
    const server = await serve(403, { message: 'namespaces "kube-system" is forbidden' });
    await expect(read()).rejects.toThrow(
      `${server} (context here): this user may not get namespaces kube-system: ` +
        'namespaces "kube-system" is forbidden',
    );
  });

  test('that does not answer is refused plainly, with its address', async () => {
    const server = await serve(200, {});
    await new Promise((resolve) => api.close(resolve));
    await expect(read()).rejects.toThrow(
      `${server} (context here): cannot get namespaces kube-system: ` +
        `the API server does not answer (connect ECONNREFUSED ${server.slice('http://'.length)})`,
    );
  });

  test('by a context that is not in the kubeconfig is refused with those that are', async () => {
    await serve(200, {});
    await expect(read({ context: 'there' })).rejects.toThrow(
      'kubernetes.context is there, but the kubeconfig has here.',
    );
  });
});
