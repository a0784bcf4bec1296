import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type Fault, PlanRefused, renderFaults } from '../../infra/settings/fault.ts';
import { type Plan, planEnvironment } from '../../infra/plan/plan.ts';
import { checkAdminPassword } from '../../infra/settings/external-postgres.ts';
import { checkSettings } from '../../infra/settings/check-settings.ts';
import { SECRET_SETTINGS } from '../../infra/settings/secret-settings.ts';
import { checkDeployable } from '../../infra/targets/deployable.ts';
import { CallError } from '../call.ts';
import { checkout } from '../../toolchain/places.mjs';

const NAMESPACE = 'spywatcher:';
const ROOT_SECRET = `${NAMESPACE}rootSecret`;
const ADMIN_PASSWORD = `${NAMESPACE}postgresAdminPassword`;

/** Pulumi's settings file of one stack, read without an engine: secrets stay encrypted. */
export interface StackFile {
  readonly path: string;
  /** Settings without their namespace, as `infra/settings/check-settings.ts` checks them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasRootSecret: boolean;
  readonly hasAdminPassword: boolean;
}

/**
 * Reads `Pulumi.<stack>.yaml`.
 * @throws {CallError} when there is none, when it is no YAML, or when its secret is not encrypted.
 */
export function readStackFile(stack: string): StackFile {
  const path = join(checkout, `Pulumi.${stack}.yaml`);
  if (!existsSync(path)) {
    throw new CallError(
      `There is no Pulumi.${stack}.yaml. Stacks here: ${stackNames().join(', ')}. To add ` +
        'one, copy Pulumi.dev.yaml without its lines rootSecret, secure and encryptionsalt, ' +
        'and change what differs.',
    );
  }
  const document = parseDocument(readFileSync(path, 'utf8'));
  const [error] = document.errors;
  if (error !== undefined) throw new CallError(`Pulumi.${stack}.yaml is no YAML: ${error.message}`);
  const { config = {} } = (document.toJS() ?? {}) as { config?: Record<string, unknown> };
  const rootSecret = config[ROOT_SECRET];
  if (typeof rootSecret === 'string') {
    throw new CallError(
      `spywatcher:rootSecret stands in Pulumi.${stack}.yaml in plain text. Remove it and run ` +
        'npm run up: it makes a new one and stores it encrypted. Treat the old one as known.',
    );
  }
  const adminPassword = config[ADMIN_PASSWORD];
  if (adminPassword !== undefined && typeof adminPassword !== 'object') {
    throw new CallError(
      `${ADMIN_PASSWORD} stands in Pulumi.${stack}.yaml in plain text. Remove that line, ` +
        'change the password on the server, then: npm run pulumi -- config set --secret ' +
        `postgresAdminPassword -s ${stack}`,
    );
  }
  refusePlainAppSecrets(stack, config[`${NAMESPACE}app`]);
  const ours = Object.entries(config).filter(
    ([key]) =>
      key.startsWith(NAMESPACE) && !SECRET_SETTINGS.some((name) => key === `${NAMESPACE}${name}`),
  );
  return {
    path,
    settings: Object.fromEntries(ours.map(([key, value]) => [key.slice(NAMESPACE.length), value])),
    hasRootSecret: rootSecret !== undefined,
    hasAdminPassword: adminPassword !== undefined,
  };
}

/** @throws {CallError} when the file holds an app's secret as a plain text. */
function refusePlainAppSecrets(stack: string, app: unknown): void {
  const { secrets } = (app ?? {}) as { readonly secrets?: unknown };
  if (typeof secrets !== 'object' || secrets === null) return;
  const [plain] = Object.entries(secrets).find(([, value]) => typeof value !== 'object') ?? [];
  if (plain === undefined) return;
  throw new CallError(
    `spywatcher:app.secrets.${plain} stands in Pulumi.${stack}.yaml in plain text. Remove that ` +
      'line, have a new secret made where it came from, then: npm run pulumi -- config set ' +
      `--path app.secrets.${plain} --secret -s ${stack}`,
  );
}

/** Where the stack lives, also when its settings are wrong by now. */
export const targetOf = ({ settings }: StackFile): 'docker' | 'kubernetes' =>
  settings['target'] === 'kubernetes' ? 'kubernetes' : 'docker';

/**
 * The plan of a stack, without engine or network.
 * @throws {CallError} with every fault of the settings.
 */
export function planStack(stack: string): { readonly plan: Plan; readonly file: StackFile } {
  const file = readStackFile(stack);
  try {
    return { plan: planEnvironment(checkSettings(file.settings, stack)), file };
  } catch (error) {
    throw error instanceof PlanRefused ? new CallError(error.message, { cause: error }) : error;
  }
}

/**
 * As `planStack`, for a command that acts on the environment.
 * @throws {CallError} also when the plan is good but its target cannot be deployed to.
 */
export function planDeployableStack(stack: string): ReturnType<typeof planStack> {
  const planned = planStack(stack);
  const { settings } = planned.plan;
  const faults = [
    ...checkDeployable(settings),
    ...checkAdminPassword(settings, planned.file.hasAdminPassword),
  ];
  refuse(faults);
  return planned;
}

/** @throws {CallError} with every fault, when there is any. */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0)
    throw new CallError(renderFaults(faults), { cause: new PlanRefused(faults) });
}

function stackNames(): string[] {
  return readdirSync(checkout).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}
