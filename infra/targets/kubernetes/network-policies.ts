import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { POOLER_PORT, POSTGRES_PORT, REDIS_PORT } from '../../addresses.ts';
import type { Plan } from '../../plan.ts';
import type { Cluster } from './cluster.ts';
import { type Component, MONITORS_LABEL, selectorLabels } from './naming.ts';

type Ingress = kubernetes.types.input.networking.v1.NetworkPolicyIngressRule;
type Egress = kubernetes.types.input.networking.v1.NetworkPolicyEgressRule;

const DNS_PORT = 53;

interface Flow {
  readonly from: Component;
  /** `outside` is a Postgres that is not in this namespace. */
  readonly to: Component | 'outside';
  readonly port: number;
}

/** Who talks to whom. Everything that is not here is refused, in both directions. */
function flows(plan: Plan): readonly Flow[] {
  const { external } = plan.settings.postgres;
  if (external === undefined) return flowsInside(plan);
  return flowsInside(plan).map((flow) => (flow.to === 'postgres' ? { ...flow, to: 'outside', port: external.port } : flow));
}

function flowsInside({ pooler, backup, settings }: Plan): readonly (Flow & { readonly to: Component })[] {
  const isShared = pooler !== 'off' && settings.pooler.placement === 'shared';
  return [
    // A sidecar's server connections come from the app's pod, and so does the monitoring's own, past every pooler.
    { from: 'app', to: 'postgres', port: POSTGRES_PORT },
    { from: 'migrate', to: 'postgres', port: POSTGRES_PORT },
    ...(backup === 'off' ? [] : ([{ from: 'backup', to: 'postgres', port: POSTGRES_PORT }] as const)),
    { from: 'app', to: 'redis', port: REDIS_PORT },
    ...(isShared ? ([{ from: 'app', to: 'pgbouncer', port: POOLER_PORT }, { from: 'pgbouncer', to: 'postgres', port: POSTGRES_PORT }] as const) : []),
  ];
}

/** Nothing in and nothing out, and then what each component needs. To be there before the first pod is. */
export function deployNetworkPolicies(cluster: Cluster, plan: Plan): readonly pulumi.Resource[] {
  const { environment } = cluster;
  const { app, postgres } = plan.settings;
  const all = flows(plan);
  const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }));
  const pods = (component: Component) => ({ podSelector: { matchLabels: selectorLabels(environment, component) } });
  const into = (component: Component): Ingress[] => all.filter(({ to }) => to === component).map(({ from, port }) => ({ from: [pods(from)], ports: ports(port) }));
  const outOf = (component: Component): Egress[] => {
    const rules = all.filter(({ from }) => from === component).map(({ to, port }) => ({ ...(to === 'outside' ? outside(postgres.external?.cidr) : { to: [pods(to)] }), ports: ports(port) }));
    return rules.length === 0 ? [] : [...rules, dns];
  };
  const forApp: Ingress[] = [
    // Whoever balances the load may be anywhere, and beyond the cluster.
    { ports: ports(app.port) },
    { from: [{ namespaceSelector: { matchLabels: { [MONITORS_LABEL]: environment } } }], ports: ports(app.adminPort) },
  ];
  const policy = (component: Component, direction: 'in' | 'out', spec: { readonly ingress: Ingress[] } | { readonly egress: Egress[] }) =>
    new kubernetes.networking.v1.NetworkPolicy(
      `${component}-network-${direction}`,
      { metadata: cluster.metadata(component, `${component}-${direction}`), spec: { podSelector: { matchLabels: selectorLabels(environment, component) }, policyTypes: [direction === 'in' ? 'Ingress' : 'Egress'], ...spec } },
      cluster.options(),
    );
  const nothing = new kubernetes.networking.v1.NetworkPolicy(
    'nothing-network',
    { metadata: cluster.metadata('environment', 'nothing'), spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    cluster.options(),
  );
  const components = [...new Set(all.flatMap(({ from, to }) => (to === 'outside' ? [from] : [from, to])))];
  // Two for each: where one policy is for both ends of a connection, kube-router lets it out because it is let in.
  return [nothing, ...components.flatMap((component) => [policy(component, 'in', { ingress: component === 'app' ? forApp : into(component) }), policy(component, 'out', { egress: outOf(component) })])];
}

/** A policy knows no host names: without a range of addresses only the port is left to restrict. */
const outside = (cidr: string | undefined): Pick<Egress, 'to'> => (cidr === undefined ? {} : { to: [{ ipBlock: { cidr } }] });

/** The cluster's own, by the labels that every distribution gives it. */
const dns: Egress = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } }, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
  ports: [
    { protocol: 'UDP', port: DNS_PORT },
    { protocol: 'TCP', port: DNS_PORT },
  ],
};
