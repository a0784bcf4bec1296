import * as pulumi from '@pulumi/pulumi';
import { deriveCredentials } from './credentials.ts';
import { PlanRefused } from './settings/fault.ts';
import { planEnvironment } from './plan/plan.ts';
import { describeDeployed } from './changes/deployed-plan.ts';
import { readSettings } from './settings/read-settings.ts';
import { deployTarget } from './targets/target.ts';

/**
 * Lets Node write the stacks of errors. Pulumi installs source-map-support, which looks up each
 * frame of a stack, and takes a stack for every promise: a fifth of what this program costs. Types
 * are stripped in place, so there is nothing to look up.
 */
Reflect.deleteProperty(Error, 'prepareStackTrace');

/**
 * settings -> plan (connection budget, timeouts, pgbouncer.ini) -> credentials -> resources ->
 * outputs.
 */
async function deploy() {
  const { checked, rootSecret, postgresAdminPassword, appSecrets } = readSettings();
  const plan = planEnvironment(checked);
  const credentials = deriveCredentials({
    rootSecret,
    version: plan.settings.credentialsVersion,
    postgresAdminPassword,
    appSecrets,
  });
  const endpoints = await deployTarget(plan, credentials);
  return {
    ...endpoints,
    environment: plan.settings.environment,
    ...describeDeployed(plan),
  };
}

/** A refusal is the user's to correct, so it is shown without a stack trace. */
async function outputs() {
  try {
    return await deploy();
  } catch (error) {
    throw error instanceof PlanRefused ? new pulumi.RunError(error.message) : error;
  }
}

export const {
  appUrl,
  adminUrl,
  adminToken,
  databaseUrl,
  databaseUrlDirect,
  pgbouncerAdminUrl,
  environment,
  connectionBudget,
  timeouts,
  pgbouncerIni,
  pgbouncerPort,
  postgresSettings,
  redisConf,
  credentialsVersion,
} = await outputs();
