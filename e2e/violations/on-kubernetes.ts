import * as kubernetes from '@pulumi/kubernetes';
import { KUBERNETES_OFFENCES } from './kubernetes-offences.ts';

const LABELS = {
  'app.kubernetes.io/name': 'violations',
  'app.kubernetes.io/instance': 'violations',
  'app.kubernetes.io/component': 'server',
};
const metadata = { name: 'violations', namespace: 'default', labels: LABELS };

/**
 * A Redis-like server, its claim, its service and its network policy, which pass every policy but
 * the one that is named.
 */
export function deploy(policy: string): void {
  const {
    container = {},
    pod = {},
    serviceType,
    claim,
    labels = LABELS,
    networkPolicy,
  } = KUBERNETES_OFFENCES[policy] ?? {};
  if (networkPolicy !== 'absent')
    new kubernetes.networking.v1.NetworkPolicy('nothing', {
      metadata,
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  new kubernetes.core.v1.PersistentVolumeClaim(
    'server-data',
    {
      metadata: { ...metadata, name: 'violations-data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    { protect: claim !== 'unprotected' },
  );
  new kubernetes.core.v1.Service('server', {
    metadata,
    spec: {
      ...(serviceType === undefined ? {} : { type: serviceType }),
      selector: LABELS,
      ports: [{ port: 6379 }],
    },
  });
  new kubernetes.apps.v1.Deployment('server', {
    metadata,
    spec: {
      selector: { matchLabels: { 'app.kubernetes.io/name': 'violations' } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 10,
          securityContext: { runAsNonRoot: true, runAsUser: 10_001 },
          containers: [
            {
              name: 'server',
              image: 'example/server:1.2.3',
              resources: { limits: { memory: '64Mi', cpu: '100m' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              ...container,
            },
          ],
          ...pod,
        },
      },
    },
  });
}
