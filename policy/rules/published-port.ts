import { dockerContainer, dockerLabels, ownKubernetesKind, placeOf, podOf } from '../containers.ts';
import { componentOf, dataServiceOf, serverImage } from '../data-services.ts';
import { holds, isPositive, isText, listAt, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Surroundings, Violation } from '../rule.ts';
import type { Props, Subject } from '../subject.ts';

const textOf = (value: unknown): string => (isText(value) ? value : showValue(value));
const OUTSIDE_SERVICES: readonly unknown[] = ['LoadBalancer', 'NodePort'];
const ALL_ADDRESSES = '0.0.0.0';
const isLoopback = (address: unknown): boolean =>
  isText(address) && (address.startsWith('127.') || address === '::1');

export const publishedPort: ResourceRule = {
  name: 'published-port',
  reason:
    'Whoever reaches Postgres, PgBouncer or Redis can try passwords and take its connections: ' +
    'production publishes none of them, and nothing else does beyond its own machine.',
  dependsOnStack: true,
  check: (subject, surroundings) => [
    ...onDocker(subject, surroundings),
    ...ofService(subject),
    ...ofPod(subject),
  ],
};

function onDocker(subject: Subject, { isProduction }: Surroundings): Violation[] {
  const container = dockerContainer(subject);
  if (container === undefined) return [];
  const component = componentOf(dockerLabels(container), 'docker');
  const image = serverImage(container['image'], [
    ...listAt(container, 'entrypoints'),
    ...listAt(container, 'command'),
  ]);
  const allowed = isProduction
    ? 'no published port in production'
    : 'a port on 127.0.0.1, outside production';
  const remedy = isProduction
    ? 'Remove it: docker exec reaches the server from inside.'
    : 'Set ip to 127.0.0.1, or remove the port.';
  const published = listAt(container, 'ports').flatMap((port, index): Violation[] => {
    const service = dataServiceOf({ ports: [valueAt(port, 'internal')], component, image });
    const address = valueAt(port, 'ip') ?? ALL_ADDRESSES;
    if (service === undefined || (!isProduction && holds(address, isLoopback))) return [];
    return [
      {
        at: `ports[${index}]`,
        got: `${service} on ${textOf(address)}:${textOf(valueAt(port, 'external') ?? 'any')}`,
        allowed,
        remedy,
      },
    ];
  });
  const service = dataServiceOf({ component, image });
  if (service === undefined) return published;
  if (container['publishAllPorts'] === true)
    published.push({
      at: 'publishAllPorts',
      got: `true for ${service}`,
      allowed: 'false',
      remedy: 'Remove it.',
    });
  if (container['networkMode'] === 'host')
    published.push({
      at: 'networkMode',
      got: `host for ${service}, whose ports are then the machine's`,
      allowed: 'a network of its own',
      remedy: 'Attach it by networksAdvanced.',
    });
  return published;
}

function ofService(subject: Subject): Violation[] {
  if (ownKubernetesKind(subject) !== 'Service') return [];
  const { props } = subject;
  const ports = listAt(props, 'spec', 'ports').flatMap((port) =>
    ['port', 'targetPort', 'name'].map((key) => valueAt(port, key)),
  );
  const component =
    componentOf(valueAt(props, 'spec', 'selector'), 'kubernetes') ??
    componentOf(valueAt(props, 'metadata', 'labels'), 'kubernetes');
  const service = dataServiceOf({ ports, component });
  if (service === undefined) return [];
  const type = valueAt(props, 'spec', 'type');
  const remedy =
    'Leave it out: inside the cluster the service has a name, and from outside kubectl ' +
    'port-forward leads to it.';
  return [
    ...(OUTSIDE_SERVICES.includes(type)
      ? [{ at: 'spec.type', got: `${String(type)} for ${service}`, allowed: 'ClusterIP', remedy }]
      : []),
    ...(listAt(props, 'spec', 'externalIPs').length > 0
      ? [{ at: 'spec.externalIPs', got: `addresses for ${service}`, allowed: 'none', remedy }]
      : []),
  ];
}

function ofPod(subject: Subject): Violation[] {
  const pod = podOf(subject);
  if (pod === undefined) return [];
  const component = componentOf(pod.labels, 'kubernetes');
  const imageOf = (props: Props): unknown =>
    serverImage(valueAt(props, 'image'), [...listAt(props, 'command'), ...listAt(props, 'args')]);
  const hostPorts = pod.containers.flatMap(({ at, props }) =>
    listAt(props, 'ports').flatMap((port, index): Violation[] => {
      const hostPort = valueAt(port, 'hostPort');
      const service = dataServiceOf({
        ports: [valueAt(port, 'containerPort')],
        component,
        image: imageOf(props),
      });
      if (service === undefined || !isPositive(hostPort)) return [];
      return [
        {
          at: `${at}.ports[${index}].hostPort`,
          got: `${String(hostPort)} for ${service}`,
          allowed: 'nothing',
          remedy: 'Leave it out: a Service leads to the pod.',
        },
      ];
    }),
  );
  const service = pod.containers
    .flatMap(
      ({ props }) =>
        dataServiceOf({
          ports: listAt(props, 'ports').map((port) => valueAt(port, 'containerPort')),
          component,
          image: imageOf(props),
        }) ?? [],
    )
    .at(0);
  if (service === undefined || pod.spec['hostNetwork'] !== true) return hostPorts;
  return [
    ...hostPorts,
    {
      at: placeOf(pod, 'hostNetwork'),
      got: `true for ${service}, whose ports are then the node's`,
      allowed: 'false',
      remedy: 'Leave it out.',
    },
  ];
}
