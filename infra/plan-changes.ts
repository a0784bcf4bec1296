import { compareInis } from '../pgbouncer/changes.ts';
import type { ConnectionBudget } from './connection-budget.ts';
import type { Plan } from './plan.ts';
import type { TimeoutPlan } from './timeouts.ts';

/** What the deployed stack says about itself: its own outputs. */
export interface DeployedPlan {
  readonly connectionBudget: ConnectionBudget;
  readonly pgbouncerIni: string;
  readonly timeouts: TimeoutPlan;
  readonly postgresSettings: Readonly<Record<string, string>>;
}

/** One changed line of a generated file or of a container, and what applying it does to those who are connected. */
export interface PlannedChange {
  readonly file: 'pgbouncer.ini' | 'postgresql.conf' | 'container';
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly effect: 'reload' | 'restart';
  /** Connections that a restart cuts at the most, by the deployed plan; 0 for a reload. */
  readonly clients: number;
}

/** What changes in the generated files, and whether it reloads or restarts. */
export function planChanges(before: DeployedPlan, after: Plan): PlannedChange[] {
  const usedOf = (name: string): number => before.connectionBudget.hops.find((hop) => hop.name === name)?.used ?? 0;
  const clients = usedOf('client connections');
  const afterIni = after.pooler === 'off' ? '' : after.pooler.ini;
  return [
    ...compareInis(before.pgbouncerIni, afterIni).map(({ section, key, before: was, after: becomes, effect }) => ({
      file: 'pgbouncer.ini' as const,
      key: section === 'pgbouncer' ? key : `[${section}] ${key}`,
      before: was,
      after: becomes,
      effect,
      clients: effect === 'restart' ? clients : 0,
    })),
    ...graceChanges(before, after, clients),
    ...changedKeys(before.postgresSettings, after.postgresSettings).map((key) => ({
      file: 'postgresql.conf' as const,
      key,
      before: before.postgresSettings[key],
      after: after.postgresSettings[key],
      effect: 'restart' as const,
      clients: usedOf('server connections') + usedOf('direct connections'),
    })),
  ];
}

/** The time that a process gets to stop is part of its container, so another one replaces it. */
function graceChanges({ timeouts, pgbouncerIni }: DeployedPlan, after: Plan, clients: number): PlannedChange[] {
  const [was, becomes] = [timeouts.drain.poolerGraceSeconds, after.timeouts.drain.poolerGraceSeconds];
  if (was === becomes || pgbouncerIni === '' || after.pooler === 'off') return [];
  return [{ file: 'container', key: 'stop grace of PgBouncer', before: `${was} s`, after: `${becomes} s`, effect: 'restart', clients }];
}

function changedKeys(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]).sort();
}
