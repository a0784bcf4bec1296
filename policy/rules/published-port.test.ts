import { expect, test } from '@jest/globals';
import { UNKNOWN } from '../subject.ts';
import {
  checkIn,
  container,
  deployment,
  dockerComponent,
  kubernetesObject,
  placesIn,
} from '../testing/subjects.ts';
import { publishedPort } from './published-port.ts';

const published = (internal: number, ip?: unknown) =>
  container({ ports: [{ internal, external: internal, ...(ip === undefined ? {} : { ip }) }] });

test.each([5432, 6432, 6379])(
  'port %i may be published on the loopback address outside production, and nowhere in production',
  (port) => {
    expect(placesIn(publishedPort, published(port, '127.0.0.1'))).toEqual([]);
    expect(placesIn(publishedPort, published(port, '127.0.0.1'), 'production')).toEqual([
      'ports[0]',
    ]);
  },
);

test.each([['0.0.0.0'], ['192.168.1.5'], [undefined]])('on %s it is refused everywhere', (ip) => {
  expect(placesIn(publishedPort, published(6432, ip))).toEqual(['ports[0]']);
  expect(placesIn(publishedPort, published(6432, ip), 'production')).toEqual(['ports[0]']);
});

test('another port of a data server counts as well, and a port of the app does not', () => {
  expect(
    placesIn(
      publishedPort,
      container({ ...dockerComponent('redis'), ports: [{ internal: 7000, external: 7000 }] }),
    ),
  ).toEqual(['ports[0]']);
  expect(placesIn(publishedPort, published(3001, '0.0.0.0'), 'production')).toEqual([]);
});

test('all ports at once, and the host network, are refused for a data server', () => {
  const open = { publishAllPorts: true, networkMode: 'host' };
  expect(placesIn(publishedPort, container({ ...dockerComponent('postgres'), ...open }))).toEqual([
    'publishAllPorts',
    'networkMode',
  ]);
  expect(placesIn(publishedPort, container(open))).toEqual([]);
});

test('an address that is not known yet passes', () => {
  expect(placesIn(publishedPort, published(5432, UNKNOWN))).toEqual([]);
});

test('the message names the server, what is published, and what to do', () => {
  expect(checkIn(publishedPort, 'production', published(6432, '127.0.0.1'))).toEqual([
    {
      at: 'ports[0]',
      got: 'PgBouncer on 127.0.0.1:6432',
      allowed: 'no published port in production',
      remedy: 'Remove it: docker exec reaches the server from inside.',
    },
  ]);
});

test.each(['LoadBalancer', 'NodePort'])(
  'a Service of type %s is refused for a data server, by its port or its selector, and allowed ' +
    'for the app',
  (type) => {
    expect(
      placesIn(
        publishedPort,
        kubernetesObject('core/v1:Service', { type, ports: [{ port: 80, targetPort: 5432 }] }),
      ),
    ).toEqual(['spec.type']);
    expect(
      placesIn(
        publishedPort,
        kubernetesObject('core/v1:Service', {
          type,
          ports: [{ port: 7000 }],
          selector: { 'app.kubernetes.io/component': 'redis' },
        }),
      ),
    ).toEqual(['spec.type']);
    expect(
      placesIn(
        publishedPort,
        kubernetesObject('core/v1:Service', { type, ports: [{ port: 3001 }] }),
      ),
    ).toEqual([]);
  },
);

test('a Service inside the cluster passes, unless it takes addresses from outside', () => {
  expect(
    placesIn(publishedPort, kubernetesObject('core/v1:Service', { ports: [{ port: 5432 }] })),
  ).toEqual([]);
  expect(
    placesIn(
      publishedPort,
      kubernetesObject('core/v1:Service', {
        ports: [{ port: 5432 }],
        externalIPs: ['192.168.1.5'],
      }),
    ),
  ).toEqual(['spec.externalIPs']);
});

test('a port of the node is refused for a data server', () => {
  expect(
    placesIn(
      publishedPort,
      deployment({ container: { ports: [{ containerPort: 6379, hostPort: 6379 }] } }),
    ),
  ).toEqual(['spec.template.spec.containers[0] (app).ports[0].hostPort']);
  expect(
    placesIn(
      publishedPort,
      deployment({ container: { ports: [{ containerPort: 6379 }] }, pod: { hostNetwork: true } }),
    ),
  ).toEqual(['spec.template.spec.hostNetwork']);
  expect(
    placesIn(
      publishedPort,
      deployment({ container: { ports: [{ containerPort: 3001, hostPort: 3001 }] } }),
    ),
  ).toEqual([]);
});

test.each([
  'postgres:17',
  'registry.test:5000/team/pgbouncer:1.26',
  'valkey/valkey@sha256:0123',
  'redis',
])('a container of %s is a data server, whatever its labels and ports', (image) => {
  const server = { ...dockerComponent('store'), image };
  expect(
    placesIn(publishedPort, container({ ...server, ports: [{ internal: 7000, external: 7000 }] })),
  ).toEqual(['ports[0]']);
  expect(
    placesIn(
      publishedPort,
      container({ ...server, ports: [], publishAllPorts: true, networkMode: 'host' }),
    ),
  ).toEqual(['publishAllPorts', 'networkMode']);
  expect(
    placesIn(
      publishedPort,
      deployment({
        labels: {},
        container: { image, ports: [{ containerPort: 7000, hostPort: 7000 }] },
        pod: { hostNetwork: true },
      }),
    ),
  ).toEqual([
    'spec.template.spec.containers[0] (app).ports[0].hostPort',
    'spec.template.spec.hostNetwork',
  ]);
});

test(
  'a client that comes with the server is none, and neither is an image that only begins like ' +
    'one',
  () => {
    const onTheMachine = { ...dockerComponent('nightly'), networkMode: 'host', ports: [] };
    expect(
      placesIn(
        publishedPort,
        container({ ...onTheMachine, image: 'postgres:17', command: ['pg_dump', 'app'] }),
      ),
    ).toEqual([]);
    expect(
      placesIn(
        publishedPort,
        container({
          ...onTheMachine,
          image: 'redis:8',
          command: ['redis-server', '--appendonly', 'yes'],
        }),
      ),
    ).toEqual(['networkMode']);
    expect(
      placesIn(publishedPort, container({ ...onTheMachine, image: 'redis-exporter:1.2.3' })),
    ).toEqual([]);
  },
);

test('a Service that names the port of a data server leads to one', () => {
  expect(
    placesIn(
      publishedPort,
      kubernetesObject(
        'core/v1:Service',
        { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 'postgresql' }] },
        { labels: {} },
      ),
    ),
  ).toEqual(['spec.type']);
});

test('what is not known yet can be told', () => {
  const unknown = container({ ports: [{ internal: 5432, external: UNKNOWN, ip: UNKNOWN }] });
  expect(checkIn(publishedPort, 'production', unknown)).toMatchObject([
    { got: 'Postgres on what only the update will know:what only the update will know' },
  ]);
});
