import { readRows, rowsCommand } from '../../infra/running/console.ts';
import { PROJECT } from '../../infra/settings/standard-names.ts';
import { lastLines, runProgram, tryProgram } from '../../toolchain/program.ts';

/** A container of one environment, as the engine sees it. */
interface EnvironmentContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`, or empty without a health check. */
  readonly health: string;
  readonly exitCode: number;
}

const LOG_LINES = 12;

/** All containers with this environment's labels, whether Pulumi knows them or not. */
export async function listContainers(
  environment: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly EnvironmentContainer[]> {
  const filters = [
    '--filter',
    `label=project=${PROJECT}`,
    '--filter',
    `label=stack=${environment}`,
  ];
  const ids = (
    await runProgram('docker', ['ps', '--all', '--quiet', '--no-trunc', ...filters], { env })
  ).stdout
    .split('\n')
    .filter((id) => id !== '');
  if (ids.length === 0) return [];
  const { stdout } = await runProgram('docker', ['inspect', ...ids], { env });
  return (JSON.parse(stdout) as InspectedContainer[]).map(
    ({ Id: id, Name: name, State: state }) => ({
      id,
      name: name.replace(/^\//, ''),
      state: state.Status,
      health: state.Health?.Status ?? '',
      exitCode: state.ExitCode,
    }),
  );
}

/** The part of `docker inspect` that is read here. */
interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
}

/**
 * Those that are not as they should be, each with its last words: what a person would look up next.
 */
export async function describeTrouble(
  environment: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const troubled = (await listContainers(environment, env)).filter(isTroubled);
  const parts = await Promise.all(
    troubled.map(async (container) => {
      const args = ['logs', '--tail', String(LOG_LINES), container.id];
      const { stdout, stderr } = await tryProgram('docker', args, { env });
      const words = lastLines(`${stdout}\n${stderr}`, LOG_LINES);
      return `${describeState(container)}. Its last lines:\n${words}`;
    }),
  );
  return parts.join('\n\n');
}

function describeState({ name, state, health, exitCode }: EnvironmentContainer): string {
  const facts = [state, health, exitCode === 0 ? '' : `exit code ${exitCode}`];
  return `${name} is ${facts.filter((fact) => fact !== '').join(', ')}`;
}

function isTroubled({ health, state, exitCode }: EnvironmentContainer): boolean {
  return (
    state === 'restarting' ||
    exitCode !== 0 ||
    (state === 'running' && health !== '' && health !== 'healthy')
  );
}

/** Rows of one command on the console of a PgBouncer, asked as the process's own Unix user. */
export async function readConsole(
  container: string,
  { command, directory }: { readonly command: string; readonly directory: string },
  env: NodeJS.ProcessEnv,
): Promise<readonly (readonly string[])[]> {
  const words = rowsCommand(command, directory);
  const { stdout } = await runProgram('docker', ['exec', container, ...words], { env });
  return readRows(stdout);
}
