import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DATA_DIRECTORY, REPOSITORY_DIRECTORY, RESTORE_COMMAND } from '../../infra/plan/backup.ts';
import type { Settings } from '../../infra/settings/settings.ts';
import { dockerLabels, dockerName } from '../../infra/plan/docker-names.ts';
import { UIDS } from '../../infra/plan/components.ts';
import { buildImages } from '../images/image-build.ts';
import { runProgram, tryProgram } from '../../toolchain/program.ts';
import type { Report } from '../../toolchain/progress.ts';
import type { RestoreContext, RestoreRequest } from './restore-request.ts';

const LAST_LINES = 20;

/** Starts the container that the last update made, and waits for it. */
export async function backUpDocker(
  { environment }: Settings,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<readonly string[]> {
  const container = dockerName(environment, 'backup');
  if ((await tryProgram('docker', ['container', 'inspect', container], { env })).code !== 0) {
    throw new Error(`There is no container ${container}. Run npm run up -- ${environment} first.`);
  }
  return follow(['start', '--attach', container], { env, report });
}

/** Restores in a container of its own, on the volumes that `down` has left. */
export async function restoreDocker(
  { settings, backup, report, env }: RestoreContext & { readonly env: NodeJS.ProcessEnv },
  { at, verifier }: RestoreRequest,
): Promise<readonly string[]> {
  const { environment, images } = settings;
  const repository = dockerName(environment, 'postgres-backup');
  const data = dockerName(environment, 'postgres-data');
  const isThere = async (kind: 'container' | 'volume', name: string): Promise<boolean> =>
    (await tryProgram('docker', [kind, 'inspect', name], { env })).code === 0;
  if (await isThere('container', dockerName(environment, 'postgres'))) {
    throw new Error(
      `${environment} is there, and its data is never replaced under it. Take it down first: ` +
        `npm run down -- ${environment}. Its data and its backups stay.`,
    );
  }
  if (!(await isThere('volume', repository)))
    throw new Error(
      `There are no backups of ${environment} on this machine: it has no volume ${repository}.`,
    );
  const image = images.postgres ?? (await buildImages(['postgres'])).images.postgres;
  const labels = dockerLabels(environment, 'postgres').flatMap(({ label, value }) => [
    '--label',
    `${label}=${value}`,
  ]);
  await runProgram('docker', ['volume', 'create', ...labels, data], { env });
  const variables = {
    ...backup.restoring,
    POSTGRES_PASSWORD_FILE: '/dev/stdin',
    ...(at === undefined ? {} : { RESTORE_AT: at }),
  };
  const args = [
    ...[
      'run',
      '--rm',
      '--init',
      '--interactive',
      '--name',
      dockerName(environment, 'restore'),
      ...labels,
      '--user',
      `${UIDS.docker.postgres}:${UIDS.docker.postgres}`,
      '--network',
      'none',
    ],
    ...[
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
      '--tmpfs',
      '/tmp',
    ],
    ...[
      '--mount',
      `type=volume,source=${data},target=${DATA_DIRECTORY}`,
      '--mount',
      `type=volume,source=${repository},target=${REPOSITORY_DIRECTORY},readonly`,
    ],
    ...Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ];
  return follow([...args, image, ...RESTORE_COMMAND], { env, report, stdin: verifier });
}

/** Runs docker; a secret goes to its `stdin`: others can read a command line and variables. */
async function follow(
  args: readonly string[],
  {
    env,
    report,
    stdin = '',
  }: { readonly env: NodeJS.ProcessEnv; readonly report: Report; readonly stdin?: string },
): Promise<readonly string[]> {
  const child = spawn('docker', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      report(line);
    });
  }
  child.stdin.on('error', () => undefined); // its own words say why it ended early
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0)
    throw new Error(`it ended with ${code ?? 'a signal'}:\n${lines.slice(-LAST_LINES).join('\n')}`);
  return lines;
}
