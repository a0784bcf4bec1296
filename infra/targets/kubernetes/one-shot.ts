import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import type { Address } from '../../plan/addresses.ts';
import { MEMORY_MIB } from '../../plan/components.ts';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import { contentHash } from '../content-hash.ts';
import type { KubernetesPart } from './cluster.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { type ContainerShape, podTemplate } from './pod.ts';

const CPUS = { request: 0.05, limit: 1 };
/** Migrations of a large table take their time; one that hangs must not hang the update too. */
const RUNS_WITHIN_SECONDS = 300;

/**
 * Waits until this pod is let through: network policies reach a new one a moment after its start,
 * and a program of others may not try twice.
 */
const WAIT = [
  'while [ "$SECONDS" -lt 60 ]; do',
  `  timeout 1 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$0" "$1" 2>/dev/null && exit 0`,
  '  sleep 0.2',
  'done',
  'echo "$0, port $1, took no connection of this pod for a minute" >&2',
  'exit 1',
].join('\n');

interface OneShotShape extends Pick<
  ContainerShape,
  'image' | 'command' | 'args' | 'environmentVariables' | 'secretVariables'
> {
  readonly name: 'migrate' | 'app-migrate';
  /** Contents of its secrets folder, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** What else it is made from, so that another value is another Job. */
  readonly madeFrom: Readonly<Record<string, string>>;
  readonly mounts?: ContainerShape['mounts'];
  readonly memoryMiB?: number;
  /** Server that must take connections before it starts. */
  readonly waitsFor?: Address;
  readonly user: number;
  readonly serviceAccount: pulumi.Input<string>;
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Runs a container to its end before its dependents, in the network of the one-shots. A Job can
 * never be changed, so each set of inputs gets one of its own name. A Job that failed runs again
 * with the next update.
 */
export function deployOneShot(part: KubernetesPart, shape: OneShotShape): kubernetes.batch.v1.Job {
  const { name, files, madeFrom, mounts = [], memoryMiB = MEMORY_MIB.migrate, user } = shape;
  const { image, command, args, environmentVariables, secretVariables } = shape;
  const { waitsFor } = shape;
  const { plan } = part.cluster;
  const hash = contentHash({ ...files, ...madeFrom }).slice(0, 10);
  const endsWithinSeconds = plan.settings.kubernetes.podStartSeconds + RUNS_WITHIN_SECONDS;
  const secret = deploySecret(part, name, files);
  return new kubernetes.batch.v1.Job(
    name,
    {
      metadata: part.metadata(`${name}-${hash}`, { 'pulumi.com/replaceUnready': 'true' }),
      spec: {
        // The one-shot waits for the server by itself, and tells why it fails: trying again would
        // only delay that.
        backoffLimit: 0,
        activeDeadlineSeconds: endsWithinSeconds,
        template: podTemplate(part, {
          component: 'migrate',
          serviceAccount: shape.serviceAccount,
          user,
          graceSeconds: plan.timeouts.drain.closingSeconds,
          restartPolicy: 'Never',
          first: waitsFor === undefined ? [] : [waiting(part, waitsFor)],
          containers: [
            {
              name,
              image,
              ...(command === undefined ? {} : { command }),
              ...(args === undefined ? {} : { args }),
              ...(environmentVariables === undefined ? {} : { environmentVariables }),
              ...(secretVariables === undefined ? {} : { secretVariables }),
              mounts: [secretMount('secrets', name, SECRETS_DIRECTORY), ...mounts],
              memoryMiB,
              cpus: CPUS,
            },
          ],
        }),
      },
    },
    part.options({
      dependsOn: [secret, ...shape.dependsOn],
      withinSeconds: endsWithinSeconds + 60,
    }),
  );
}

const waiting = (
  { cluster: { images } }: KubernetesPart,
  { host, port }: Address,
): ContainerShape => ({
  name: 'wait',
  image: images.pgbouncer,
  command: ['bash', '-c', WAIT, host, String(port)],
  mounts: [],
  memoryMiB: MEMORY_MIB.migrate,
  cpus: CPUS,
});
