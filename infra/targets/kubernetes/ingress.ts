import * as kubernetes from '@pulumi/kubernetes';
import type { Settings } from '../../settings/settings.ts';
import type { Cluster } from './cluster.ts';

/** The way in from outside, where the settings name a host. The admin routes have a port of their own, which it does not lead to. */
export function deployIngress(cluster: Cluster, { kubernetes: { ingress } }: Settings): void {
  if (ingress === undefined) return;
  const { host, className, tlsSecret } = ingress;
  new kubernetes.networking.v1.Ingress(
    'app-ingress',
    {
      // Whether a controller has given it an address is not this stack's to wait for.
      metadata: cluster.metadata('app', 'app', { 'pulumi.com/skipAwait': 'true' }),
      spec: {
        ...(className === undefined ? {} : { ingressClassName: className }),
        ...(tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: tlsSecret }] }),
        rules: [
          {
            host,
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'app', port: { name: 'http' } } },
                },
              ],
            },
          },
        ],
      },
    },
    cluster.options(),
  );
}
