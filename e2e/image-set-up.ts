import { dockerOutput, type DockerScope } from './docker.ts';

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
