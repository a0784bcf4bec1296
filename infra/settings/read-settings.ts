import * as pulumi from '@pulumi/pulumi';
import { checkSettings } from './check-settings.ts';
import { checkAdminPassword } from './external-postgres.ts';
import { checkRootSecret, SECRET_SETTINGS } from './secret-settings.ts';
import type { CheckedSettings } from './settings.ts';

const NAMESPACE = 'spywatcher:';

/** An environment's settings, checked, and its secrets. */
export interface ReadSettings {
  readonly checked: CheckedSettings;
  readonly rootSecret: string;
  readonly postgresAdminPassword: string;
}

/**
 * Reads this stack's settings and its secrets from Pulumi's configuration; the only place that
 * does. The secrets are plain texts here: whoever puts something derived from them into a resource
 * marks it secret.
 */
export function readSettings(): ReadSettings {
  const checked = checkSettings(readPlainSettings(), pulumi.getStack());
  const rootSecret = readSecret('rootSecret');
  const postgresAdminPassword = readSecret('postgresAdminPassword');
  const faults = [
    ...checked.faults,
    ...checkRootSecret(rootSecret),
    ...checkAdminPassword(checked.settings, postgresAdminPassword !== ''),
  ];
  return { checked: { ...checked, faults }, rootSecret, postgresAdminPassword };
}

function readPlainSettings(): Readonly<Record<string, string>> {
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
