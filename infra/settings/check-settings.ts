import type { z } from 'zod';
import { checkAppImage } from './app-image.ts';
import { checkAppVariables } from './app-variables.ts';
import { checkConsistency } from './consistency.ts';
import { completeSettings } from './defaults.ts';
import { checkEnvironmentName } from './environment-name.ts';
import { checkExternalPostgres } from './external-postgres.ts';
import type { Fault } from './fault.ts';
import { checkImages } from './images.ts';
import { type ParsedSettings, settingsSchema } from './schema.ts';
import { schemaFaults, withoutFaulty } from './schema-faults.ts';
import { hideAppSecrets } from './secret-settings.ts';
import type { CheckedSettings, Settings } from './settings.ts';
import { checkTarget } from './target.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Values of the required settings, while the plan goes on after a fault to find the others. */
const STAND_INS = { target: 'docker', credentialsVersion: 1 };

/** Checks of settings that are each in their range. `raw` is what the user wrote. */
const CHECKS: readonly ((settings: Settings, raw: Raw) => readonly Fault[])[] = [
  checkConsistency,
  checkTarget,
  checkImages,
  checkExternalPostgres,
  checkAppImage,
  checkAppVariables,
];

/**
 * Completes raw settings, given without namespace and secrets, and finds all that is wrong with
 * them.
 */
export function checkSettings(given: Raw, environment: string): CheckedSettings {
  const raw = hideAppSecrets(parseTexts(given));
  const parsed = settingsSchema.safeParse(raw);
  const issues = parsed.success ? [] : parsed.error.issues;
  const usable = parsed.success ? parsed.data : parseWithout(raw, issues);
  const settings = completeSettings(usable, environment);
  return {
    settings,
    faults: [
      ...checkEnvironmentName(environment),
      ...schemaFaults(raw, issues),
      ...CHECKS.flatMap((check) => check(settings, raw)),
    ],
  };
}

/** Settings as Pulumi hands them over, each a text, or as a file holds them. */
export const parseTexts = (given: Raw): Raw =>
  Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      typeof value === 'string' ? parseConfigValue(value) : value,
    ]),
  );

/**
 * A setting as Pulumi hands it over, which is text: JSON for maps, numbers and booleans, the bare
 * text for strings. It writes numbers as texts into its file as well.
 */
function parseConfigValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * What is left without the faulty keys, and without the maps that cannot do without one of those.
 */
function parseWithout(raw: Raw, issues: readonly z.core.$ZodIssue[]): ParsedSettings {
  const rest = withoutFaulty(raw, issues);
  const parsed = settingsSchema.safeParse({ ...STAND_INS, ...rest });
  if (parsed.success) return parsed.data;
  const parents = parsed.error.issues.map((issue) => ({ ...issue, path: issue.path.slice(0, -1) }));
  return parseWithout(rest, parents);
}
