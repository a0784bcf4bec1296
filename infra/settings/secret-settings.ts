import type { Fault } from './fault.ts';

/** Settings that are encrypted in the file, and no part of what is checked, shown and planned. */
export const SECRET_SETTINGS = ['rootSecret', 'postgresAdminPassword'] as const;

/** Stands for each value of `app.secrets` in what is checked, shown and planned. */
export const NOT_SHOWN = '(not shown)';

type Raw = Readonly<Record<string, unknown>>;

/** The settings with {@link NOT_SHOWN} for the values of `app.secrets`, whatever they are. */
export function hideAppSecrets(settings: Raw): Raw {
  const { app } = settings;
  if (!isMap(app) || !('secrets' in app)) return settings;
  const { secrets } = app;
  const hidden = isMap(secrets)
    ? Object.fromEntries(Object.keys(secrets).map((name) => [name, NOT_SHOWN]))
    : NOT_SHOWN;
  return { ...settings, app: { ...app, secrets: hidden } };
}

/** The values of `app.secrets`, as far as they are texts. */
export function appSecretsOf(settings: Raw): Readonly<Record<string, string>> {
  const { app } = settings;
  const secrets = isMap(app) && isMap(app['secrets']) ? app['secrets'] : {};
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
}

/** Finds names of `app.secrets` without a value. */
export const checkAppSecrets = (
  names: readonly string[],
  values: Readonly<Record<string, string>>,
): Fault[] =>
  names
    .filter((name) => (values[name] ?? '') === '')
    .map((name) => ({
      key: `app.secrets.${name}`,
      got: 'no text',
      allowed: 'a text of at least one character',
      remedy: `Set it: npm run pulumi -- config set --path app.secrets.${name} --secret -s STACK`,
    }));

const isMap = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MIN_ROOT_SECRET_CHARACTERS = 32;

/** Checks the root secret's length, which is all that a message shows of it. */
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
