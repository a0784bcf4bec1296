import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { POOLER_PORT, POSTGRES_PORT, REDIS_PORT } from '../../settings/standard-names.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Cluster } from './cluster.ts';
import {
  type KubernetesComponent,
  MONITORS_LABEL,
  selectorLabels,
} from '../../plan/kubernetes-names.ts';

type Ingress = kubernetes.types.input.networking.v1.NetworkPolicyIngressRule;
type Egress = kubernetes.types.input.networking.v1.NetworkPolicyEgressRule;

const DNS_PORT = 53;

interface Flow {
  readonly from: KubernetesComponent;
  /** `outside` is a Postgres that is not in this namespace. */
  readonly to: KubernetesComponent | 'outside';
  readonly port: number;
}

/** Who talks to whom. Everything that is not here is refused, in both directions. */
function flows(plan: Plan): readonly Flow[] {
  const { external } = plan.settings.postgres;
  if (external === undefined) return flowsInside(plan);
  return flowsInside(plan).map((flow) =>
    flow.to === 'postgres' ? { ...flow, to: 'outside', port: external.port } : flow,
  );
}

function flowsInside({ backup }: Plan): readonly (Flow & { readonly to: KubernetesComponent })[] {
  return [
    // A sidecar's server connections come from the app's pod, and so does the monitoring's own, past every pooler.
    { from: 'app', to: 'postgres', port: POSTGRES_PORT },
    { from: 'migrate', to: 'postgres', port: POSTGRES_PORT },
    ...(backup === 'off'
      ? []
      : ([{ from: 'backup', to: 'postgres', port: POSTGRES_PORT }] as const)),
    { from: 'app', to: 'redis', port: REDIS_PORT },
    // Also while no PgBouncer is shared: pods that use one go on after the policies have changed, until their successors are ready.
    { from: 'app', to: 'pgbouncer', port: POOLER_PORT },
    { from: 'pgbouncer', to: 'postgres', port: POSTGRES_PORT },
  ];
}

/** Nothing in and nothing out, and then what each component needs. To be there before the first pod is. */
export function deployNetworkPolicies(cluster: Cluster, plan: Plan): readonly pulumi.Resource[] {
  const { environment } = cluster;
  const { pooler, postgres } = plan.settings;
  const all = flows(plan);
  const hasTier = plan.pooler !== 'off' && pooler.placement === 'shared';
  const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }));
  const pods = (component: KubernetesComponent) => ({
    podSelector: { matchLabels: selectorLabels(environment, component) },
  });
  const into = (component: KubernetesComponent): Ingress[] =>
    all
      .filter(({ to }) => to === component)
      .map(({ from, port }) => ({ from: [pods(from)], ports: ports(port) }));
  const outOf = (component: KubernetesComponent): Egress[] => {
    const rules = all
      .filter(({ from }) => from === component)
      .map(({ to, port }) => ({
        ...(to === 'outside' ? outside(postgres.external?.cidr) : { to: [pods(to)] }),
        ports: ports(port),
      }));
    return rules.length === 0 ? [] : [...rules, dns];
  };
  const forApp: Ingress[] = [
    // Whoever balances the load may be anywhere, and beyond the cluster. By name, since pods go on with the number that they began with.
    { ports: [{ protocol: 'TCP', port: 'http' }] },
    {
      from: [{ namespaceSelector: { matchLabels: { [MONITORS_LABEL]: environment } } }],
      ports: [{ protocol: 'TCP', port: 'admin' }],
    },
  ];
  const policy = (
    component: KubernetesComponent,
    direction: 'in' | 'out',
    spec: { readonly ingress: Ingress[] } | { readonly egress: Egress[] },
  ) =>
    new kubernetes.networking.v1.NetworkPolicy(
      `${component}-network-${direction}`,
      {
        metadata: cluster.metadata(component, `${component}-${direction}`),
        spec: {
          podSelector: { matchLabels: selectorLabels(environment, component) },
          policyTypes: [direction === 'in' ? 'Ingress' : 'Egress'],
          ...spec,
        },
      },
      cluster.options(),
    );
  const nothing = new kubernetes.networking.v1.NetworkPolicy(
    'nothing-network',
    {
      metadata: cluster.metadata('environment', 'nothing'),
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
    cluster.options(),
  );
  const components = [
    ...new Set(all.flatMap(({ from, to }) => (to === 'outside' ? [from] : [from, to]))),
  ].filter((component) => component !== 'pgbouncer' || hasTier);
  // Two for each: where one policy is for both ends of a connection, kube-router lets it out because it is let in.
  return [
    nothing,
    ...components.flatMap((component) => [
      policy(component, 'in', { ingress: component === 'app' ? forApp : into(component) }),
      policy(component, 'out', { egress: outOf(component) }),
    ]),
  ];
}

/** A policy knows no host names: without a range of addresses only the port is left to restrict. */
const outside = (cidr: string | undefined): Pick<Egress, 'to'> =>
  cidr === undefined ? {} : { to: [{ ipBlock: { cidr } }] };

/** The cluster's own, by the labels that every distribution gives it. */
const dns: Egress = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'UDP', port: DNS_PORT },
    { protocol: 'TCP', port: DNS_PORT },
  ],
};
