import * as kubernetes from '@pulumi/kubernetes';
import type { KubernetesPart } from './cluster.ts';

/**
 * Makes the way in from outside, where the settings name a host. It does not lead to the admin
 * routes, which have a port of their own.
 */
export function deployIngress(part: KubernetesPart<'app'>): void {
  const { ingress } = part.cluster.plan.settings.kubernetes;
  if (ingress === undefined) return;
  const { host, className, tlsSecret } = ingress;
  new kubernetes.networking.v1.Ingress(
    'app-ingress',
    {
      // Whether a controller has given it an address is not this stack's to wait for.
      metadata: part.metadata('app', { 'pulumi.com/skipAwait': 'true' }),
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
    part.options(),
  );
}
