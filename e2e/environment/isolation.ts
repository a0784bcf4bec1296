import { expect } from '@jest/globals';
import { docker, dockerOutput, type DockerScope } from '../docker.ts';
import type { TestStack } from '../test-stack.ts';

interface Inspected {
  readonly Config: {
    readonly Labels: Record<string, string>;
    readonly User: string;
    readonly StopSignal: string;
    readonly StopTimeout: number;
  };
  readonly HostConfig: { readonly Memory: number };
}

/** Seconds that each server gets to stop. */
const GRACES: Readonly<Record<string, number>> = {
  app: 25,
  pgbouncer: 37,
  postgres: 120,
  redis: 30,
};

/** Expects the app and the pooler alone to be published, on the loopback address. */
export async function expectPublishedPorts(stack: TestStack): Promise<void> {
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
}

/**
 * Expects a container on another network to reach no server, and one on the inner network all of
 * them.
 */
export async function expectIsolated(stack: TestStack, scope: DockerScope): Promise<void> {
  const outside = await scope.network('outside');
  const onEdge = await addressesOn(stack, 'edge', { pgbouncer: 6_432 });
  const onInternal = await addressesOn(stack, 'internal', {
    postgres: 5_432,
    pgbouncer: 6_432,
    redis: 6_379,
  });
  const image = await dockerOutput(
    'inspect',
    '--format',
    '{{.Image}}',
    stack.containerName('postgres'),
  );
  const reachableFrom = (network: string, targets: readonly string[]) =>
    reachable([...scope.labels, '--network', network, '--entrypoint', 'bash', image], targets);
  expect(await reachableFrom(outside, [...onInternal, ...onEdge])).toEqual([]);
  expect(await reachableFrom(`spywatcher-${stack.name}-internal`, onInternal)).toEqual(onInternal);
}

/** Expects each server to be hardened, limited, labelled and stopped by its own signal. */
export async function expectHardened(stack: TestStack): Promise<void> {
  const servers = Object.keys(GRACES);
  const inspected = JSON.parse(
    await dockerOutput('inspect', ...servers.map((server) => stack.containerName(server))),
  ) as Inspected[];
  for (const [index, { Config, HostConfig }] of inspected.entries()) {
    const server = servers[index] ?? '';
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
      grace: GRACES[server],
    });
  }
}

/** `address port` of each component on one of the stack's networks. */
async function addressesOn(
  stack: TestStack,
  network: 'internal' | 'edge',
  ports: Readonly<Record<string, number>>,
): Promise<string[]> {
  const name = `spywatcher-${stack.name}-${network}`;
  const template = `{{(index .NetworkSettings.Networks "${name}").IPAddress}}`;
  return Promise.all(
    Object.entries(ports).map(async ([component, port]) => {
      const container = stack.containerName(component);
      return `${await dockerOutput('inspect', '--format', template, container)} ${port}`;
    }),
  );
}

/** Which of `address port` a container can open a TCP connection to, within a second each. */
async function reachable(
  container: readonly string[],
  targets: readonly string[],
): Promise<string[]> {
  const script = `for target in "$@"; do
    set -- $target
    timeout 1 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null && echo "$target"
  done; true`;
  const { stdout } = await docker('run', '--rm', ...container, '-c', script, 'reach', ...targets);
  return stdout.split('\n').filter((line) => line !== '');
}
