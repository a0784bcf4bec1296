import { z } from 'zod';
import { parseIni } from '../../pgbouncer/ini.ts';
import { addressApp } from '../plan/app-address.ts';
import type { ConnectionBudget } from '../plan/connection-budget.ts';
import type { Plan } from '../plan/plan.ts';
import type { TimeoutPlan } from '../plan/timeouts.ts';

/** What a deployed stack's outputs say about it. */
export interface DeployedPlan {
  /** `instances` is absent where the last update was made before it was an output. */
  readonly connectionBudget: Omit<ConnectionBudget, 'instances'> & { readonly instances?: number };
  readonly timeouts: TimeoutPlan;
  /** Empty when the pooler is off. */
  readonly pgbouncerIni: string;
  readonly pgbouncerPort: number | 'off';
  readonly postgresSettings: Readonly<Record<string, string>>;
  readonly redisConf: string;
  readonly appUrl: string;
  readonly adminUrl: string;
  /** Absent where the last update was made before it was an output. */
  readonly credentialsVersion?: number;
}

/** What is deployed, or why there is nothing to compare with. */
export type Before = DeployedPlan | 'nothing' | 'of another version';

/**
 * The part of a plan that its stack's outputs repeat, so that the next plan can be compared with
 * it.
 */
export function describeDeployed({
  settings,
  budget,
  timeouts,
  pooler,
  postgresSettings,
  redisConf,
}: Plan): DeployedPlan {
  return {
    connectionBudget: budget,
    timeouts,
    pgbouncerIni: pooler === 'off' ? '' : pooler.ini,
    pgbouncerPort: pooler === 'off' ? 'off' : settings.pooler.publishPort,
    postgresSettings,
    redisConf,
    ...addressApp(settings),
    credentialsVersion: settings.credentialsVersion,
  };
}

/** PgBouncer processes of a deployed plan that share its clients on one machine. */
export const deployedProcesses = ({ pgbouncerIni }: DeployedPlan): number =>
  Math.max(1, Object.keys(parseIni(pgbouncerIni)['peers'] ?? {}).length);

/** App instances of a deployed plan; the planned number stands in where its outputs lack it. */
export const deployedInstances = ({ connectionBudget }: DeployedPlan, { budget }: Plan): number =>
  connectionBudget.instances ?? budget.instances;

/**
 * Connections of one kind that a deployed plan counts at the most; none where it has no such hop.
 */
export const usedAt = ({ connectionBudget }: DeployedPlan, name: string): number =>
  connectionBudget.hops.find((hop) => hop.name === name)?.used ?? 0;

const term = z.object({ label: z.string(), count: z.number() });
const hop = z.object({
  name: z.enum(['client connections', 'server connections', 'direct connections']),
  path: z.string(),
  uses: z.array(term),
  used: z.number(),
  limits: z.array(term),
  limit: z.number(),
});
const numbers = <const Keys extends readonly string[]>(...keys: Keys) =>
  z.object(
    Object.fromEntries(keys.map((key) => [key, z.number()])) as Record<Keys[number], z.ZodNumber>,
  );
const texts = z.record(z.string(), z.string());

const deployedPlan = z.object({
  connectionBudget: z.object({
    instances: z.number().exactOptional(),
    bouncers: z.number(),
    hops: z.array(hop),
  }),
  timeouts: z.object({
    wait: numbers(
      'redisCommandMs',
      'acquireMs',
      'queryWaitMs',
      'statementMs',
      'transactionMs',
      'requestMs',
      'balancerMs',
      'idleInTransactionMs',
      'keepAliveMs',
    ),
    drain: numbers(
      'preStopSeconds',
      'drainSeconds',
      'closingSeconds',
      'sidecarSeconds',
      'slackSeconds',
      'clientLifetimeSeconds',
      'appGraceSeconds',
      'poolerGraceSeconds',
      'postgresGraceSeconds',
      'redisGraceSeconds',
    ),
  }),
  pgbouncerIni: z.string().refine(isIni),
  pgbouncerPort: z.union([z.number(), z.literal('off')]),
  postgresSettings: texts,
  redisConf: z.string(),
  appUrl: z.string(),
  adminUrl: z.string(),
  // Stacks that were deployed before it was an output have none until their next update.
  credentialsVersion: z.number().exactOptional(),
}) satisfies z.ZodType<DeployedPlan>;

/**
 * Reads what a stack's outputs say about it: `'nothing'` before an update has come to its end,
 * `'of another version'` when they are not what this version writes.
 */
export function readDeployedPlan(outputs: Readonly<Record<string, unknown>>): Before {
  if (outputs['connectionBudget'] === undefined) return 'nothing';
  const parsed = deployedPlan.safeParse(outputs);
  return parsed.success ? parsed.data : 'of another version';
}

function isIni(text: string): boolean {
  try {
    parseIni(text);
    return true;
  } catch {
    return false;
  }
}
