import { programImage } from './program-image.ts';

const NAMESPACE = 'kube-system';
const LABELS = { 'k8s-app': 'metrics-server' };
const SERVING_PORT = 10_250;
/**
 * The shortest there is. An autoscaler decides by it, and nothing is known before it has passed
 * once.
 */
const RESOLUTION = '10s';

const CLUSTER_AUTHORITY = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

const metadata = (name: string): object => ({ name, namespace: NAMESPACE, labels: LABELS });
const account = { kind: 'ServiceAccount', name: 'metrics-server', namespace: NAMESPACE };
const RBAC = 'rbac.authorization.k8s.io';
const clusterRole = (name: string): object => ({ apiGroup: RBAC, kind: 'ClusterRole', name });

/** metrics-server: what `kubectl top` and the autoscaler ask. */
export const metricsObjects: readonly object[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('metrics-server') },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'system:metrics-server' },
    rules: [
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    ],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: 'system:aggregated-metrics-reader',
      labels: {
        [`${RBAC}/aggregate-to-view`]: 'true',
        [`${RBAC}/aggregate-to-edit`]: 'true',
        [`${RBAC}/aggregate-to-admin`]: 'true',
      },
    },
    rules: [
      {
        apiGroups: ['metrics.k8s.io'],
        resources: ['pods', 'nodes'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'system:metrics-server' },
    roleRef: clusterRole('system:metrics-server'),
    subjects: [account],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'metrics-server:system:auth-delegator' },
    roleRef: clusterRole('system:auth-delegator'),
    subjects: [account],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: metadata('metrics-server-auth-reader'),
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects: [account],
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('metrics-server'),
    spec: { selector: LABELS, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      service: { name: 'metrics-server', namespace: NAMESPACE },
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('metrics-server'),
    spec: {
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: 'metrics-server',
          containers: [
            {
              name: 'metrics-server',
              image: programImage('metrics-server'),
              imagePullPolicy: 'Never',
              args: [
                `--secure-port=${SERVING_PORT}`,
                '--cert-dir=/tmp',
                `--metric-resolution=${RESOLUTION}`,
                '--kubelet-request-timeout=5s',
                '--kubelet-preferred-address-types=InternalIP',
                // The cluster's own authority, which signs the kubelet's certificate too.
                `--kubelet-certificate-authority=${CLUSTER_AUTHORITY}`,
              ],
              ports: [{ name: 'https', containerPort: SERVING_PORT }],
              readinessProbe: {
                httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' },
                periodSeconds: 2,
                failureThreshold: 30,
              },
              resources: { requests: { cpu: '10m', memory: '64Mi' } },
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 1_000,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
                seccompProfile: { type: 'RuntimeDefault' },
              },
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  },
];
