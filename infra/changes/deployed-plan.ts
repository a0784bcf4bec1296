import { z } from 'zod';
import { parseIni } from '../../pgbouncer/ini.ts';
import type { DeployedPlan } from './plan-changes.ts';

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
  connectionBudget: z.object({ bouncers: z.number(), hops: z.array(hop) }),
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

/** What a stack's outputs say: `'nothing'` before an update has come to its end, `'of another version'` when they are not what this version writes. */
export function readDeployedPlan(
  outputs: Readonly<Record<string, unknown>>,
): DeployedPlan | 'nothing' | 'of another version' {
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
