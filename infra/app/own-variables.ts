import type { Credentials } from '../credentials.ts';
import type { Settings } from '../settings/settings.ts';
import { SECRETS_DIRECTORY } from '../settings/standard-names.ts';

type Variables = Readonly<Record<string, string>>;

/** The variables of `app.env` as texts. */
export const textsOf = (env: Settings['app']['env']): Variables =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));

/** For each secret the variable that holds the path of its file. */
export const secretPaths = (names: readonly string[]): Variables =>
  Object.fromEntries(names.map((name) => [`${name}_FILE`, `${SECRETS_DIRECTORY}/${name}`]));

/** The secrets that the settings name, by name. */
export const ownSecrets = (
  { secrets }: Settings['app'],
  { appSecrets }: Pick<Credentials, 'appSecrets'>,
): Variables =>
  Object.fromEntries(Object.keys(secrets).map((name) => [name, appSecrets[name] ?? '']));
