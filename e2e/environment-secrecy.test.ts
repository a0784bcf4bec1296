import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, dockerOutput, logsOf, openDockerScope } from './docker.ts';
import { openTestStack, type TestStack } from './test-stack.ts';

const scope = openDockerScope('outsider');
const SERVERS = ['app', 'pgbouncer', 'postgres', 'redis'];
let stack: TestStack;

beforeAll(async () => {
  stack = await openTestStack('secrecy');
  await stack.mustRun('up');
}, 600_000);

afterAll(async () => {
  await scope.close();
  await stack.close();
}, 120_000);

test('neither the root secret nor a derived password is in the state, in what was printed, in logs, containers or images', async () => {
  await stack.mustRun('preview');
  await stack.mustRun('up');
  const { stdout: state } = await stack.pulumi('stack', 'export');
  const containers = [...(await stack.containers()).values()];
  const logs = await Promise.all(containers.map(logsOf));
  const inspected = await dockerOutput('inspect', ...containers);
  const images = [
    ...new Set(
      await Promise.all(
        containers.map((id) => dockerOutput('inspect', '--format', '{{.Image}}', id)),
      ),
    ),
  ];
  const histories = await Promise.all(
    images.map((image) => dockerOutput('history', '--no-trunc', image)),
  );
  const inspectedImages = await dockerOutput('inspect', ...images);

  const places: Record<string, string> = {
    state,
    printed: stack.printed.join('\n'),
    logs: logs.join('\n'),
    inspected,
    histories: histories.join('\n'),
    inspectedImages,
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length).toBeGreaterThan(100);
    expect({
      place,
      found: secrets()
        .filter(([, secret]) => text.includes(secret))
        .map(([name]) => name),
    }).toEqual({ place, found: [] });
  }
}, 300_000);

test('the same search finds the passwords where they are meant to be: in the outputs that are asked for', async () => {
  const { stdout } = await stack.pulumi('stack', 'output', '--json', '--show-secrets');
  const found = secrets()
    .filter(([, secret]) => stdout.includes(secret))
    .map(([name]) => name);
  expect(found.sort()).toEqual(['adminToken', 'app', 'owner', 'poolerAdmin']);
}, 60_000);

test('nothing is published but the app and the pooler, on the loopback address', async () => {
  const ids = [...(await stack.containers()).values()];
  const published = (await Promise.all(ids.map((id) => dockerOutput('port', id)))).flatMap((text) =>
    text.split('\n').filter((line) => line !== ''),
  );
  expect(published.sort()).toEqual(
    [
      `6432/tcp -> 127.0.0.1:${stack.poolerPort}`,
      `${stack.appPort}/tcp -> 127.0.0.1:${stack.appPort}`,
    ].sort(),
  );
});

test('a container on another network reaches neither Postgres nor PgBouncer nor Redis; one on the inside does', async () => {
  const outside = await scope.network('outside');
  const image = await dockerOutput(
    'inspect',
    '--format',
    '{{.Image}}',
    stack.containerName('postgres'),
  );
  const onEdge = await addressesOn('edge', { pgbouncer: 6_432 });
  const onInternal = await addressesOn('internal', {
    postgres: 5_432,
    pgbouncer: 6_432,
    redis: 6_379,
  });
  expect(await reachable(outside, image, [...onInternal, ...onEdge])).toEqual([]);
  expect(await reachable(`spywatcher-${stack.name}-internal`, image, onInternal)).toEqual(
    onInternal,
  );
}, 120_000);

test('every server is hardened and limited, and says whose it is', async () => {
  const inspected = JSON.parse(
    await dockerOutput('inspect', ...SERVERS.map((server) => stack.containerName(server))),
  ) as Inspected[];
  const graces: Record<string, number> = { app: 25, pgbouncer: 37, postgres: 120, redis: 30 };
  for (const [index, { Config, HostConfig }] of inspected.entries()) {
    const server = SERVERS[index] ?? '';
    expect({ server, ...Config.Labels }).toMatchObject({
      server,
      project: 'spywatcher',
      stack: stack.name,
      component: server,
    });
    expect(Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      LogConfig: { Type: 'json-file', Config: { 'max-file': '3', 'max-size': '10m' } },
    });
    expect(HostConfig.Memory).toBeGreaterThan(0);
    expect({ server, signal: Config.StopSignal, grace: Config.StopTimeout }).toEqual({
      server,
      signal: server === 'app' || server === 'redis' ? 'SIGTERM' : 'SIGINT',
      grace: graces[server],
    });
  }
});

interface Inspected {
  readonly Config: {
    readonly Labels: Record<string, string>;
    readonly User: string;
    readonly StopSignal: string;
    readonly StopTimeout: number;
  };
  readonly HostConfig: { readonly Memory: number };
}

/** `address port` of each component on one of the stack's networks. */
async function addressesOn(
  network: 'internal' | 'edge',
  ports: Readonly<Record<string, number>>,
): Promise<string[]> {
  const name = `spywatcher-${stack.name}-${network}`;
  return Promise.all(
    Object.entries(ports).map(
      async ([component, port]) =>
        `${await dockerOutput('inspect', '--format', `{{(index .NetworkSettings.Networks "${name}").IPAddress}}`, stack.containerName(component))} ${port}`,
    ),
  );
}

/** Which of `address port` a container on this network can open a TCP connection to, within a second each. */
async function reachable(
  network: string,
  image: string,
  targets: readonly string[],
): Promise<string[]> {
  const script =
    'for target in "$@"; do set -- $target; timeout 1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null && echo "$target"; done; true';
  const { stdout } = await docker(
    'run',
    '--rm',
    ...scope.labels,
    '--network',
    network,
    '--entrypoint',
    'bash',
    image,
    '-c',
    script,
    'reach',
    ...targets,
  );
  return stdout.split('\n').filter((line) => line !== '');
}

function secrets(): [string, string][] {
  const { superuser, owner, app, monitor, poolerAdmin, poolerMonitor, redisPassword, adminToken } =
    stack.credentials();
  const roles = Object.entries({ superuser, owner, app, monitor, poolerAdmin, poolerMonitor });
  return [
    ['rootSecret', stack.rootSecret],
    ['redis', redisPassword],
    ['adminToken', adminToken],
    ...roles.map(([name, { password }]): [string, string] => [name, password]),
  ];
}
