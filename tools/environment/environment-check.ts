import { findDrift } from '../../pgbouncer/shown-config.ts';
import type { Plan } from '../../infra/plan/plan.ts';
import type { PoolerProcess } from '../../infra/plan/pooler.ts';
import {
  DATABASE,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
} from '../../infra/settings/standard-names.ts';
import { appRole } from '../../infra/credentials.ts';
import { dockerName } from '../../infra/plan/docker-names.ts';
import { until } from '../../toolchain/until.ts';
import { readConsole } from './environment-containers.ts';

const POOL_MODES = ['transaction', 'session', 'statement'];
const READY_DEADLINE_MS = 30_000;
const RETRY_MS = 250;
const ANSWER_DEADLINE_MS = 5_000;

/**
 * Asks the running environment whether it is the planned one.
 * @throws {Error} saying what is not so and where to look.
 */
export async function checkEnvironment(
  plan: Plan,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { settings, pooler, app } = plan;
  // Another app was asked at its start, by what its settings say.
  if (app === 'ours')
    await untilReady(`http://127.0.0.1:${settings.app.port}/readyz`, settings.environment);
  if (pooler === 'off')
    return ['the app is ready, straight against Postgres (pooler.enabled is false)'];
  const processes = [pooler, ...pooler.others];
  const pools = (
    await Promise.all(processes.map((process) => checkProcess(settings.environment, process, env)))
  ).flat();
  const everywhere = processes.length === 1 ? '' : ` in each of ${processes.length} processes`;
  const asPlanned =
    `SHOW CONFIG equals the plan${everywhere} ` +
    `(${Object.keys(pooler.config.pgbouncer).length} keys set, all others at PgBouncer's own)`;
  if (app !== 'ours') return [`${app.image} is healthy`, asPlanned];
  const ours = pools.find(
    ([database, user]) => database === DATABASE && user === appRole(settings.credentialsVersion),
  );
  if (ours === undefined)
    throw new Error(
      'The app is ready, but PgBouncer knows no pool of it (SHOW POOLS on ' +
        `${POOLER_SOCKET_DIRECTORY}, port ${POOLER_PORT}): it does not go through the pooler.`,
    );
  const [mode] = ours.filter((field) => POOL_MODES.includes(field));
  return [`the app is ready through PgBouncer, in ${mode ?? 'an unknown'} mode`, asPlanned];
}

/**
 * @returns the rows of its SHOW POOLS.
 * @throws {Error} when its SHOW CONFIG is not as planned.
 */
async function checkProcess(
  environment: string,
  { name, socketDirectory: directory, config }: PoolerProcess,
  env: NodeJS.ProcessEnv,
): Promise<readonly (readonly string[])[]> {
  const container = dockerName(environment, name);
  const [shown, pools] = await Promise.all([
    readConsole(container, { command: 'SHOW CONFIG', directory }, env),
    readConsole(container, { command: 'SHOW POOLS', directory }, env),
  ]);
  const drift = findDrift(
    config.pgbouncer,
    shown.map(([key = '', value = '', stock = '']) => ({ key, value, stock })),
  );
  if (drift.length === 0) return pools;
  const lines = drift.map(
    ({ key, planned, shown: running }) =>
      `  ${key}: planned ${planned}, running ${running ?? '(unknown to it)'}`,
  );
  throw new Error(
    `${container} does not run on the planned configuration:\n` +
      `${lines.join('\n')}\n` +
      'A SET on its console does that. RELOAD there brings back what the file sets, docker ' +
      `restart ${container} everything.`,
  );
}

async function untilReady(url: string, environment: string): Promise<void> {
  let answer = '';
  await until(
    async () => {
      answer = await ask(url);
      return answer === '200' ? answer : undefined;
    },
    {
      deadlineMs: READY_DEADLINE_MS,
      pauseMs: RETRY_MS,
      what: `${url} to answer 200`,
      explain: () =>
        `Its last answer: ${answer}. Look at docker logs ${dockerName(environment, 'app')}.`,
    },
  );
}

/** The status, or why there was none. */
async function ask(url: string): Promise<string> {
  try {
    return String((await fetch(url, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) })).status);
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
