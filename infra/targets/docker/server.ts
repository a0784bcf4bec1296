import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { dockerName } from '../../plan/docker-names.ts';
import { type ContainerShape, hardened } from './container.ts';
import { byTest, type HealthQuestion, TEST_TIMEOUT_SECONDS, untilHealthy } from './health.ts';
import type { DockerPart } from './open-docker.ts';

interface ServerShape extends ContainerShape {
  /** The part's name by default; a part with several servers names the further ones. */
  readonly name?: string;
  readonly cpus?: number;
  readonly sharedMemoryMiB?: number;
  readonly fileDescriptors?: number;
  /** As Docker writes it: `CMD` and words, or `NONE`. */
  readonly healthTest: readonly string[];
  /** How it is asked after its start; by its health test unless that is none of ours. */
  readonly asked?: HealthQuestion;
  /**
   * Lets the engine's small init be process 1, which loses every signal that it has no handler for,
   * while the server has none yet.
   */
  readonly init?: true;
  /** Published on the loopback address alone. */
  readonly ports?: readonly { readonly internal: number; readonly external: number }[];
}

/**
 * Engines without a start interval probe at one pace throughout: often enough to start quickly,
 * seldom enough to cost little.
 */
const ONE_PACE = { interval: '3s' };
const TWO_PACES = { interval: '15s', startInterval: '500ms', startPeriod: '60s' };

/**
 * Runs a server of a part. It is deployed only when its health test passes, and stopped by its own
 * signal within its own grace.
 */
export function deployServer(
  part: DockerPart<'app' | 'pgbouncer' | 'postgres' | 'redis'>,
  shape: ServerShape,
  dependsOn: readonly pulumi.Resource[],
): docker.Container {
  const {
    name = part.part,
    healthTest,
    asked = byTest(healthTest),
    ports = [],
    init = false,
    cpus,
    sharedMemoryMiB,
    fileDescriptors,
  } = shape;
  const awaiting = new pulumi.ResourceHook(`await-${name}`, () =>
    untilHealthy(dockerName(part.environment, name), asked),
  );
  return new docker.Container(
    name,
    {
      ...hardened(part, part.part, shape),
      name: dockerName(part.environment, name),
      restart: 'unless-stopped',
      healthcheck: {
        tests: [...healthTest],
        timeout: `${TEST_TIMEOUT_SECONDS}s`,
        retries: 5,
        ...(part.docker.engine.hasStartInterval ? TWO_PACES : ONE_PACE),
      },
      ...(init ? { init } : {}),
      // Nothing is published beyond this machine.
      ports: ports.map((port) => ({ ...port, ip: '127.0.0.1' })),
      ...(cpus === undefined ? {} : { cpus: engineDecimal(cpus) }),
      ...(sharedMemoryMiB === undefined ? {} : { shmSize: sharedMemoryMiB }),
      ...(fileDescriptors === undefined
        ? {}
        : { ulimits: [{ name: 'nofile', soft: fileDescriptors, hard: fileDescriptors }] }),
    },
    part.childOptions({
      dependsOn: [...dependsOn],
      // The provider reports a changed health check as an update and does not apply it.
      replaceOnChanges: ['healthcheck'],
      // What older environments were made with. The provider would report their end as an update.
      ignoreChanges: ['wait', 'waitTimeout'],
      hooks: { afterCreate: [awaiting], afterUpdate: [awaiting] },
    }),
  );
}

/**
 * Spells a number as the engine writes it back: `1.0`, `0.5`. Another spelling of the same number
 * would replace the container.
 */
const engineDecimal = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(1) : String(value);
