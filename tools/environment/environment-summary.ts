import type { ConnectionBudget } from '../../infra/plan/connection-budget.ts';
import {
  POOLER_CONFIG_DIRECTORY,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
} from '../../infra/settings/standard-names.ts';
import type { Plan } from '../../infra/plan/plan.ts';
import { dockerName } from '../../infra/plan/docker-names.ts';

/** The command that opens PgBouncer's console for a person, where the bouncer runs. */
export const OPEN_CONSOLE = openConsoleAt(POOLER_SOCKET_DIRECTORY);

function openConsoleAt(directory: string): string {
  return `psql -h ${directory} -p ${POOLER_PORT} -U pgbouncer pgbouncer`;
}

/** What a person wants to know after `up`: is it well, where is it, how full can it get. */
export function renderEnvironmentSummary(
  { settings, app: program, budget, pooler }: Plan,
  findings: readonly string[],
): string {
  const { environment, app } = settings;
  const { publishPort } = settings.pooler;
  const showOutput = (name: string): string =>
    `npm run pulumi -- stack output ${name} --show-secrets -s ${environment}`;
  const lines = [
    `${environment} is up:`,
    ...findings.map((finding) => `  - ${finding}`),
    '',
    `App           http://127.0.0.1:${app.port}` +
      (program === 'ours' ? '  (/readyz, /livez, /api/presence)' : ''),
    ...(pooler === 'off' || publishPort === 'off'
      ? []
      : [`PgBouncer     127.0.0.1:${publishPort}, for psql: ${showOutput('databaseUrl')}`]),
    ...(program === 'ours'
      ? [
          `Monitoring    http://127.0.0.1:${app.adminPort}/api/admin/monitoring/  (sign in with ` +
            'the admin token)',
          `Admin token   ${showOutput('adminToken')}`,
        ]
      : []),
    ...(pooler === 'off'
      ? []
      : [pooler, ...pooler.others].map(
          ({ name, socketDirectory }) =>
            `Console       docker exec -it ${dockerName(environment, name)} ` +
            openConsoleAt(socketDirectory),
        )),
    renderPostgresLine(settings, pooler),
    '',
    ...renderBudget(budget),
    '',
    `The whole plan: npm run plan -- ${environment}    Down again: npm run down -- ${environment}`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * psql is in the images of Postgres and of PgBouncer; the latter also has the certificates that a
 * server outside is judged by.
 */
function renderPostgresLine(
  { environment, postgres: { external } }: Plan['settings'],
  pooler: Plan['pooler'],
): string {
  const url =
    `npm run -s pulumi -- stack output databaseUrlDirect ` + `--show-secrets -s ${environment}`;
  if (external === undefined)
    return `Postgres      docker exec -it ${dockerName(environment, 'postgres')} psql "$(${url})"`;
  if (pooler === 'off') return `Postgres      ${external.host}:${external.port}, for psql: ${url}`;
  const [file] = Object.keys(pooler.files);
  const authorities =
    file === undefined ? '' : `-e PGSSLROOTCERT=${POOLER_CONFIG_DIRECTORY}/${file} `;
  const container = dockerName(environment, 'pgbouncer');
  return `Postgres      docker exec -it ${authorities}${container} psql "$(${url})"`;
}

export const renderBudget = ({ hops }: ConnectionBudget): string[] => [
  'Connections at the worst moment',
  ...hops.map((hop) => `  ${hop.path.padEnd(34)}${String(hop.used).padStart(6)} of ${hop.limit}`),
];
