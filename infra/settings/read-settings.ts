import * as pulumi from '@pulumi/pulumi';
import { checkSettings, parseTexts } from './check-settings.ts';
import { checkAdminPassword } from './external-postgres.ts';
import {
  appSecretsOf,
  checkAppSecrets,
  checkRootSecret,
  SECRET_SETTINGS,
} from './secret-settings.ts';
import type { CheckedSettings } from './settings.ts';

const NAMESPACE = 'spywatcher:';

/** An environment's settings, checked, and its secrets. */
export interface ReadSettings {
  readonly checked: CheckedSettings;
  readonly rootSecret: string;
  readonly postgresAdminPassword: string;
  /** Values of `app.secrets` by name. */
  readonly appSecrets: Readonly<Record<string, string>>;
}

/**
 * Reads this stack's settings and its secrets from Pulumi's configuration; the only place that
 * does. The secrets are plain texts here: whoever puts something derived from them into a resource
 * marks it secret.
 */
export function readSettings(): ReadSettings {
  const given = readGivenSettings();
  const checked = checkSettings(given, pulumi.getStack());
  const rootSecret = readSecret('rootSecret');
  const postgresAdminPassword = readSecret('postgresAdminPassword');
  const appSecrets = appSecretsOf(parseTexts(given));
  const faults = [
    ...checked.faults,
    ...checkRootSecret(rootSecret),
    ...checkAdminPassword(checked.settings, postgresAdminPassword !== ''),
    ...checkAppSecrets(Object.keys(checked.settings.app.secrets), appSecrets),
  ];
  return { checked: { ...checked, faults }, rootSecret, postgresAdminPassword, appSecrets };
}

/** All but what is secret as a whole. */
function readGivenSettings(): Readonly<Record<string, string>> {
  const secrets: readonly string[] = SECRET_SETTINGS;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(NAMESPACE))
      .map(([key, text]) => [key.slice(NAMESPACE.length), text] as const)
      .filter(([name]) => !secrets.includes(name)),
  );
}

const readSecret = (name: (typeof SECRET_SETTINGS)[number]): string =>
  pulumi.runtime.getConfig(`${NAMESPACE}${name}`) ?? '';
