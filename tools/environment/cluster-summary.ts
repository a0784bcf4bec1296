import type { Plan } from '../../infra/plan/plan.ts';
import { MONITORS_LABEL } from '../../infra/plan/kubernetes-names.ts';
import { OPEN_CONSOLE, renderBudget } from './environment-summary.ts';
import { kubectlHint } from './kubectl-hint.ts';

/** What a person wants to know after `up`: is it well, where is it, how full can it get. */
export function renderClusterSummary(
  { settings, app: program, budget, pooler }: Plan,
  findings: readonly string[],
): string {
  const { environment, app, kubernetes } = settings;
  const kubectl = kubectlHint(settings);
  const holder =
    settings.pooler.placement === 'shared' ? 'deploy/pgbouncer' : 'deploy/app -c pgbouncer';
  const address =
    kubernetes.ingress?.host ??
    `service app, port ${app.port}: ${kubectl} port-forward svc/app ${app.port}`;
  const lines = [
    `${environment} is up:`,
    ...findings.map((finding) => `  - ${finding}`),
    '',
    `App           ${address}`,
    ...(program === 'ours'
      ? [
          `Monitoring    ${kubectl} port-forward svc/app-admin ${app.adminPort}, then ` +
            `http://127.0.0.1:${app.adminPort}/api/admin/monitoring/`,
          '              inside the cluster from namespaces with the label ' +
            `${MONITORS_LABEL}=${environment}`,
          'Admin token   npm run pulumi -- stack output adminToken --show-secrets ' +
            `-s ${environment}`,
        ]
      : []),
    ...(pooler === 'off' ? [] : [`Console       ${kubectl} exec -it ${holder} -- ${OPEN_CONSOLE}`]),
    '',
    ...renderBudget(budget),
    '',
    `The whole plan: npm run plan -- ${environment}    Down again: npm run down -- ${environment}`,
  ];
  return `${lines.join('\n')}\n`;
}
