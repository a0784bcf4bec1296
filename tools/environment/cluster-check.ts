import type { V1Pod } from '@kubernetes/client-node';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import type { Credentials } from '../../infra/credentials.ts';
import type { Plan } from '../../infra/plan/plan.ts';
import { countSharedBouncers, type PoolerPlan } from '../../infra/plan/pooler.ts';
import { type ClusterApi, openClusterApi } from '../../infra/running/cluster-api.ts';
import {
  askBouncer,
  findBouncers,
  findBouncerTroubles,
  isStarted,
} from '../../infra/running/bouncers.ts';
import { poolerContent } from '../../infra/running/pooler-files.ts';
import { until } from '../../toolchain/until.ts';
import { judgeAppRollout } from './app-rollout.ts';
import { describeClusterTrouble } from './cluster-trouble.ts';

/** What an autoscaler has just begun, or a pod that was just replaced, is over by then. */
const HOLDS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

interface Look {
  readonly findings: readonly string[];
  readonly troubles: readonly string[];
}

/**
 * Asks the running environment whether it is the planned one, until it is.
 * @throws {Error} saying what is not so after a minute.
 */
export async function checkCluster(
  plan: Plan,
  credentials: Credentials,
): Promise<readonly string[]> {
  const api = openClusterApi(plan.settings);
  let latest: Look = { findings: [], troubles: [] };
  return until(
    async () => {
      latest = await look(api, plan, credentials);
      return latest.troubles.length === 0 ? latest.findings : undefined;
    },
    {
      deadlineMs: HOLDS_WITHIN_MS,
      pauseMs: LOOK_EVERY_MS,
      what: 'what runs to be what was planned',
      explain: async () =>
        [
          ...latest.troubles.map((trouble) => `  - ${trouble}`),
          ...[await describeClusterTrouble(plan)].filter((details) => details !== ''),
        ].join('\n'),
    },
  );
}

async function look(api: ClusterApi, plan: Plan, credentials: Credentials): Promise<Look> {
  const { settings, pooler } = plan;
  const app = judgeAppRollout(
    await api.apps.readNamespacedDeployment({ namespace: api.namespace, name: 'app' }),
    settings.app,
  );
  const ready = `${app.ready} of ${app.wanted} pods of the app are ready`;
  if (pooler === 'off')
    return {
      findings: [`${ready}, straight against Postgres (pooler.enabled is false)`],
      troubles: app.troubles,
    };
  const bouncers = await lookAtBouncers(api, plan, {
    pooler,
    content: poolerContent(pooler, credentials),
    role: credentials.app.name,
  });
  return {
    findings: [`${ready}, through PgBouncer`, ...bouncers.findings],
    troubles: [...app.troubles, ...bouncers.troubles],
  };
}

async function lookAtBouncers(
  api: ClusterApi,
  { settings }: Plan,
  planned: { readonly pooler: PoolerPlan; readonly content: string; readonly role: string },
): Promise<Look> {
  const bouncers = (await findBouncers(api, settings)).filter(isStarted);
  const wanted =
    settings.pooler.placement === 'shared'
      ? countSharedBouncers(settings).replicas
      : (await api.pods('app')).length;
  if (bouncers.length < wanted)
    return { findings: [], troubles: [`${bouncers.length} of ${wanted} bouncers have started`] };
  const off = (
    await Promise.all(bouncers.map((pod) => findBouncerTroubles(api, pod, planned)))
  ).flatMap((troubles) => troubles.map((trouble) => `  ${trouble}`));
  if (off.length > 0)
    return {
      findings: [],
      troubles: [
        'PgBouncer does not run on the planned configuration:\n' +
          `${off.join('\n')}\n` +
          '    A SET on its console does that; deleting the pod brings back what the files set.',
      ],
    };
  if (!(await Promise.all(bouncers.map((pod) => knowsRole(api, pod, planned.role)))).includes(true))
    return {
      findings: [],
      troubles: [
        `no PgBouncer knows a pool of the app's role ${planned.role} (SHOW POOLS): it does ` +
          'not go through the pooler',
      ],
    };
  return {
    findings: [
      `SHOW CONFIG equals the plan in ${bouncers.length} ` +
        `${bouncers.length === 1 ? 'bouncer' : 'bouncers'}`,
    ],
    troubles: [],
  };
}

/** A bouncer that is gone by the time it is asked knows nobody. */
async function knowsRole(api: ClusterApi, pod: V1Pod, role: string): Promise<boolean> {
  const pools = await askBouncer(api, pod, 'SHOW POOLS').catch(() => []);
  return pools.some(([database, user]) => database === DATABASE && user === role);
}
