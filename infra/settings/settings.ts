import * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import { type Fault, showValue } from './fault.ts';
import { checkAdminPassword, checkExternalPostgres } from './external-postgres.ts';
import { schemaFaults, withoutFaulty } from './schema-faults.ts';
import { type ParsedSettings, settingsSchema } from './schema.ts';

/** The settings of one environment: complete, in range, and consistent with each other. */
export interface Settings extends ParsedSettings {
  /** The stack's name; it becomes part of every name on the target. */
  readonly environment: string;
  readonly app: ParsedSettings['app'] & {
    readonly maxReplicas: number;
    readonly maxSurge: number;
    readonly adminPort: number;
  };
  readonly pooler: ParsedSettings['pooler'] & {
    readonly placement: 'shared' | 'sidecar';
    readonly poolSize: number;
  };
  readonly backup: ParsedSettings['backup'] & { readonly enabled: boolean };
}

const NAMESPACE = 'spywatcher:';
/** Settings that are secrets: encrypted in the file, and no part of what is checked, shown and planned. */
export const SECRET_SETTINGS = ['rootSecret', 'postgresAdminPassword'] as const;
const MIN_ROOT_SECRET_CHARACTERS = 32;
/** For keys without a default, while the plan goes on after a fault to find the others. */
const STAND_INS = { target: 'docker', credentialsVersion: 1 };

/**
 * Settings and what is wrong with them. A faulty value stands at its default, so that the plan can go on and find the
 * other faults; with any fault at all, no environment is made of them.
 */
export interface CheckedSettings {
  readonly settings: Settings;
  readonly faults: readonly Fault[];
}

/**
 * Reads this stack's settings and its secrets from Pulumi's configuration; the only place that does.
 * The secrets are plain texts here: whoever puts something derived from them into a resource marks it secret.
 */
export function readSettings(): {
  readonly checked: CheckedSettings;
  readonly rootSecret: string;
  readonly postgresAdminPassword: string;
} {
  const raw: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    const name = key.slice(NAMESPACE.length);
    if (key.startsWith(NAMESPACE) && !SECRET_SETTINGS.some((secret) => secret === name))
      raw[name] = text;
  }
  const checked = checkSettings(raw, pulumi.getStack());
  const secret = (name: (typeof SECRET_SETTINGS)[number]): string =>
    pulumi.runtime.getConfig(`${NAMESPACE}${name}`) ?? '';
  const [rootSecret, postgresAdminPassword] = [
    secret('rootSecret'),
    secret('postgresAdminPassword'),
  ];
  const faults = [
    ...checked.faults,
    ...checkRootSecret(rootSecret),
    ...checkAdminPassword(checked.settings, postgresAdminPassword !== ''),
  ];
  return { checked: { ...checked, faults }, rootSecret, postgresAdminPassword };
}

/** Completes raw settings (without the namespace and the root secret) and says everything that is wrong with them. */
export function checkSettings(
  given: Readonly<Record<string, unknown>>,
  environment: string,
): CheckedSettings {
  const raw = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      typeof value === 'string' ? parseConfigValue(value) : value,
    ]),
  );
  const parsed = settingsSchema.safeParse(raw);
  const issues = parsed.success ? [] : parsed.error.issues;
  const settings = complete(parsed.success ? parsed.data : parseWithout(raw, issues), environment);
  return {
    settings,
    faults: [
      ...checkEnvironment(environment),
      ...schemaFaults(raw, issues),
      ...checkConsistency(settings),
      ...checkTarget(settings),
      ...checkImages(settings),
      ...checkExternalPostgres(raw, settings),
    ],
  };
}

/** What is left without the faulty keys, and without the maps that cannot do without one of those. */
function parseWithout(
  raw: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
): ParsedSettings {
  const rest = withoutFaulty(raw, issues);
  const parsed = settingsSchema.safeParse({ ...STAND_INS, ...rest });
  return parsed.success
    ? parsed.data
    : parseWithout(
        rest,
        parsed.error.issues.map((issue) => ({ ...issue, path: issue.path.slice(0, -1) })),
      );
}

function complete(parsed: ParsedSettings, environment: string): Settings {
  const onDocker = parsed.target === 'docker';
  return {
    ...parsed,
    environment,
    app: {
      ...parsed.app,
      maxReplicas: parsed.app.maxReplicas ?? parsed.app.replicas,
      maxSurge: parsed.app.maxSurge ?? (onDocker ? 0 : 1),
      adminPort: parsed.app.adminPort ?? (onDocker ? parsed.app.port : portBeside(parsed.app.port)),
    },
    pooler: {
      ...parsed.pooler,
      placement: parsed.pooler.placement ?? (onDocker ? 'shared' : 'sidecar'),
      // Several bouncers on Kubernetes share what one has on Docker.
      poolSize: parsed.pooler.poolSize ?? (onDocker ? 25 : 10),
    },
    backup: {
      ...parsed.backup,
      enabled:
        parsed.backup.enabled ??
        (parsed.postgres.protect && parsed.postgres.external === undefined),
    },
  };
}

/** A network policy can close a port, not a path. */
const portBeside = (port: number): number => (port < 65_535 ? port + 1 : port - 1);

function checkEnvironment(environment: string): Fault[] {
  if (/^[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?$/.test(environment)) return [];
  return [
    {
      key: 'stack name',
      got: showValue(environment),
      allowed:
        'up to 31 lower-case letters, digits and dashes, beginning with a letter and not ending with a dash',
      remedy: 'Choose another stack name; it becomes part of container and volume names.',
    },
  ];
}

/** The secret itself is never shown, only how long it is. */
export function checkRootSecret(rootSecret: string): Fault[] {
  if (rootSecret.length >= MIN_ROOT_SECRET_CHARACTERS) return [];
  return [
    {
      key: 'rootSecret',
      got: `${rootSecret.length} characters`,
      allowed: `at least ${MIN_ROOT_SECRET_CHARACTERS} characters`,
      remedy: 'Set one: openssl rand -hex 32 | pulumi config set --secret rootSecret',
    },
  ];
}

function checkConsistency({ app, pooler, postgres, backup, monitoring }: Settings): Fault[] {
  const faults: Fault[] = [];
  const atMost = (key: string, value: number, otherKey: string, other: number): void => {
    if (value <= other) return;
    faults.push({
      key,
      got: `${value}`,
      allowed: `at most ${other} (${otherKey})`,
      remedy: `Lower ${key} to ${other}, or raise ${otherKey} to ${value}.`,
    });
  };
  atMost('app.replicas', app.replicas, 'app.maxReplicas', app.maxReplicas);
  atMost('pooler.minPoolSize', pooler.minPoolSize, 'pooler.poolSize', pooler.poolSize);
  atMost(
    'monitoring.warnPercent',
    monitoring.warnPercent,
    'monitoring.criticalPercent',
    monitoring.criticalPercent,
  );
  if (postgres.protect && pooler.publishPort !== 'off') {
    faults.push({
      key: 'pooler.publishPort',
      got: `${pooler.publishPort}`,
      allowed: 'off while postgres.protect is true',
      remedy:
        'Leave pooler.publishPort out: an environment whose data is protected publishes nothing but the app.',
    });
  }
  if (backup.enabled && !postgres.protect) {
    faults.push({
      key: 'backup.enabled',
      got: 'true',
      allowed: 'false while postgres.protect is false',
      remedy:
        'Set postgres.protect to true: without it npm run down deletes the backups together with the data.',
    });
  }
  for (const key of app.adminPort === app.port
    ? (['port'] as const)
    : (['port', 'adminPort'] as const)) {
    if (pooler.publishPort !== app[key]) continue;
    faults.push({
      key: 'pooler.publishPort',
      got: `${pooler.publishPort}`,
      allowed: 'a port that the app does not use',
      remedy: `Choose another port than app.${key} ${app[key]}.`,
    });
  }
  return faults;
}

/** One machine runs one app and one bouncer; more than that is what Kubernetes is for. */
function checkTarget(settings: Settings): Fault[] {
  const { target, app, pooler } = settings;
  if (target === 'kubernetes') return checkKubernetes(settings);
  const wants: readonly [string, unknown, string | number][] = [
    ['app.replicas', app.replicas, 1],
    ['app.maxReplicas', app.maxReplicas, 1],
    ['app.maxSurge', app.maxSurge, 0],
    ['pooler.placement', pooler.placement, 'shared'],
  ];
  return wants
    .filter(([, got, allowed]) => got !== allowed)
    .map(([key, got, allowed]) => ({
      key,
      got: showValue(got),
      allowed: `${allowed} on the docker target`,
      remedy: 'Leave it out, or set target to kubernetes.',
    }));
}

function checkKubernetes({ app, pooler }: Settings): Fault[] {
  const faults: Fault[] = [];
  if (pooler.publishPort !== 'off')
    faults.push({
      key: 'pooler.publishPort',
      got: `${pooler.publishPort}`,
      allowed: 'off on the kubernetes target',
      remedy: 'Leave it out: inside the cluster the pooler has an address of its own.',
    });
  if (app.adminPort === app.port)
    faults.push({
      key: 'app.adminPort',
      got: `${app.adminPort}, which is app.port too`,
      allowed: 'another port than app.port on the kubernetes target',
      remedy: 'Leave it out: only a port of its own can be closed to everyone but the monitoring.',
    });
  if (app.maxSurge === 0)
    faults.push({
      key: 'app.maxSurge',
      got: '0',
      allowed: 'at least 1 on the kubernetes target',
      remedy:
        'Leave it out: no pod is taken away before its successor is ready, so one more must have room.',
    });
  return faults;
}

/** What is deployed beside protected data must be what was tested. */
function checkImages({ images, postgres }: Settings): Fault[] {
  if (!postgres.protect) return [];
  return Object.entries(images)
    .filter(([, reference]) => reference !== undefined && !isPinned(reference))
    .map(([name, reference]) => ({
      key: `images.${name}`,
      got: showValue(reference),
      allowed: 'a version tag or a digest while postgres.protect is true',
      remedy: 'Name the version: what is deployed must be what was tested.',
    }));
}

/** A digest, or a tag that is not `latest`; a port in the registry's name is no tag. */
function isPinned(reference: string): boolean {
  const tag = /:([^:/@]+)(?:@|$)/.exec(reference)?.[1];
  return reference.includes('@sha256:') || (tag !== undefined && tag !== 'latest');
}

/** Pulumi hands a whole setting over as text, and writes numbers as texts into its file: JSON for maps, numbers and booleans, the bare text for strings. */
function parseConfigValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
