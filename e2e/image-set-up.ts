import { docker, dockerOutput, inspect, logsOf, untilHealth, type DockerScope } from './docker.ts';
import { until } from './until.ts';

/** The restrictions that the stack puts on every container. */
export const hardened = [
  '--read-only',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
] as const;

/** The image's own probe, asked often enough for a test. */
export const quickProbe = [
  '--health-interval',
  '300ms',
  '--health-timeout',
  '1s',
  '--health-retries',
  '2',
] as const;

/**
 * Who asks the image's own probe: Docker, all the time, or this process until it succeeds, so that
 * later nothing is measured but the work.
 */
export type Probing = 'all along' | 'at the start';

export const probeArguments = (probing: Probing): readonly string[] =>
  probing === 'all along' ? quickProbe : ['--no-healthcheck'];

/** Waits until the probe of a container succeeds. Throws with its log after 30 s. */
export async function untilReady(id: string, probing: Probing): Promise<void> {
  if (probing === 'all along') return untilHealth(id, 'healthy');
  const image = await inspect(id, '{{.Image}}');
  const [kind, ...probe] = JSON.parse(
    await inspect(image, '{{json .Config.Healthcheck.Test}}'),
  ) as readonly string[];
  const command = kind === 'CMD-SHELL' ? ['sh', '-c', ...probe] : probe;
  await until(
    () => docker('exec', id, ...command),
    ({ exitCode }) => exitCode === 0,
    { timeoutMs: 30_000, everyMs: 100, explain: () => logsOf(id) },
  );
}

/** Makes a volume that holds the given files, readable by all, and gives its name. */
export async function writeFiles(
  scope: DockerScope,
  suffix: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const volume = await scope.volume(suffix);
  const script = 'while [ $# -gt 0 ]; do printf %s "$2" >"/volume/$1"; shift 2; done';
  await asRoot(scope, volume, [script, ...Object.entries(files).flat()]);
  return volume;
}

/** Runs a script with its arguments as root, with the volume at /volume, and returns its output. */
export const asRoot = (
  scope: DockerScope,
  volume: string,
  [script = '', ...args]: readonly string[],
): Promise<string> =>
  dockerOutput(
    'run',
    '--rm',
    ...scope.labels,
    '--network',
    'none',
    '--volume',
    `${volume}:/volume`,
    'debian:trixie-slim',
    'sh',
    '-ec',
    script,
    'sh',
    ...args,
  );
