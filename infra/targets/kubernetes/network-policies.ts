import type * as kubernetes from '@pulumi/kubernetes';
import { POOLER_PORT, POSTGRES_PORT, REDIS_PORT } from '../../settings/standard-names.ts';
import {
  type KubernetesComponent,
  MONITORS_LABEL,
  selectorLabels,
} from '../../plan/kubernetes-names.ts';
import type { Plan } from '../../plan/plan.ts';

type Ingress = kubernetes.types.input.networking.v1.NetworkPolicyIngressRule;
type Egress = kubernetes.types.input.networking.v1.NetworkPolicyEgressRule;

/** A network policy, and what it is called in the program and in the cluster. */
interface PlannedPolicy {
  readonly resource: string;
  readonly name: string;
  readonly component: KubernetesComponent;
  readonly spec: kubernetes.types.input.networking.v1.NetworkPolicySpec;
}

const DNS_PORT = 53;

interface Flow {
  readonly from: KubernetesComponent;
  /** `outside` is a Postgres that is not in this namespace. */
  readonly to: KubernetesComponent | 'outside';
  readonly port: number;
}

/** Lists who talks to whom. Everything that is not here is refused, in both directions. */
function flows(plan: Plan): readonly Flow[] {
  const { external } = plan.settings.postgres;
  if (external === undefined) return flowsInside(plan);
  return flowsInside(plan).map((flow) =>
    flow.to === 'postgres' ? { ...flow, to: 'outside', port: external.port } : flow,
  );
}

function flowsInside({ backup }: Plan): readonly (Flow & { readonly to: KubernetesComponent })[] {
  return [
    // A sidecar's server connections come from the app's pod, and so does the monitoring's own,
    // past every pooler.
    { from: 'app', to: 'postgres', port: POSTGRES_PORT },
    { from: 'migrate', to: 'postgres', port: POSTGRES_PORT },
    ...(backup === 'off'
      ? []
      : ([{ from: 'backup', to: 'postgres', port: POSTGRES_PORT }] as const)),
    { from: 'app', to: 'redis', port: REDIS_PORT },
    // Also while no PgBouncer is shared: pods that use one go on after the policies have changed,
    // until their successors are ready.
    { from: 'app', to: 'pgbouncer', port: POOLER_PORT },
    { from: 'pgbouncer', to: 'postgres', port: POSTGRES_PORT },
  ];
}

/**
 * Plans the policies of an environment: nothing in and nothing out, and then what each component
 * needs. There are two for each component: where one policy is for both ends of a connection,
 * kube-router lets it out because it is let in.
 */
export function planNetworkPolicies(plan: Plan): readonly PlannedPolicy[] {
  const all = flows(plan);
  const { environment } = plan.settings;
  const hasTier = plan.pooler !== 'off' && plan.settings.pooler.placement === 'shared';
  const components = [
    ...new Set(all.flatMap(({ from, to }) => (to === 'outside' ? [from] : [from, to]))),
  ].filter((component) => component !== 'pgbouncer' || hasTier);
  const policy = (component: KubernetesComponent, direction: 'in' | 'out'): PlannedPolicy => ({
    resource: `${component}-network-${direction}`,
    name: `${component}-${direction}`,
    component,
    spec: {
      ...pods(environment, component),
      ...(direction === 'in'
        ? { policyTypes: ['Ingress'], ingress: into(component, plan, all) }
        : { policyTypes: ['Egress'], egress: outOf(component, plan, all) }),
    },
  });
  const nothing: PlannedPolicy = {
    resource: 'nothing-network',
    name: 'nothing',
    component: 'environment',
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
  return [
    nothing,
    ...components.flatMap((component) => [policy(component, 'in'), policy(component, 'out')]),
  ];
}

function into(component: KubernetesComponent, { settings }: Plan, all: readonly Flow[]): Ingress[] {
  if (component === 'app') return intoApp(settings.environment);
  return all
    .filter(({ to }) => to === component)
    .map(({ from, port }) => ({
      from: [pods(settings.environment, from)],
      ports: [{ protocol: 'TCP', port }],
    }));
}

function outOf(component: KubernetesComponent, { settings }: Plan, all: readonly Flow[]): Egress[] {
  const rules = all
    .filter(({ from }) => from === component)
    .map(({ to, port }) => ({
      ...(to === 'outside'
        ? outside(settings.postgres.external?.cidr)
        : { to: [pods(settings.environment, to)] }),
      ports: [{ protocol: 'TCP', port }],
    }));
  return rules.length === 0 ? [] : [...rules, dns];
}

/**
 * Lets everybody in to the API, and namespaces with the monitors' label to the admin routes. Ports
 * are given by name, since pods go on with the number that they began with.
 */
const intoApp = (environment: string): Ingress[] => [
  // Whoever balances the load may be anywhere, and beyond the cluster.
  { ports: [{ protocol: 'TCP', port: 'http' }] },
  {
    from: [{ namespaceSelector: { matchLabels: { [MONITORS_LABEL]: environment } } }],
    ports: [{ protocol: 'TCP', port: 'admin' }],
  },
];

const pods = (environment: string, component: KubernetesComponent) => ({
  podSelector: { matchLabels: selectorLabels(environment, component) },
});

/**
 * Restricts a flow to a server outside. A policy knows no host names: without a range of addresses
 * only the port is left to restrict.
 */
const outside = (cidr: string | undefined): Pick<Egress, 'to'> =>
  cidr === undefined ? {} : { to: [{ ipBlock: { cidr } }] };

/** Lets names be resolved by the cluster's DNS, by the labels that every distribution gives it. */
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
