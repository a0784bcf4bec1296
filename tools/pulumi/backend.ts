import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../../toolchain/places.mjs';

export interface Backend {
  readonly url: string;
  readonly chosenBy: 'PULUMI_BACKEND_URL' | 'login' | 'default';
  /** To add to the environment of every pulumi; holds secrets. */
  readonly env: Readonly<Record<string, string>>;
}

interface BackendSources {
  /** The user's environment, before PULUMI_HOME is set to ours. */
  readonly env?: NodeJS.ProcessEnv;
  readonly home?: string;
  /** Folder in which `.pulumi-local` is made. */
  readonly folder?: string;
}

interface Credentials {
  readonly current?: string;
  readonly accessTokens?: Readonly<Record<string, string>>;
  readonly accounts?: Readonly<Record<string, { readonly accessToken?: string }>>;
}

/**
 * The backend that holds the stacks' state: PULUMI_BACKEND_URL, else the one the user is logged in
 * to, else `.pulumi-local` in the checkout with a generated passphrase. The login is passed on by
 * address and token, because a Pulumi that we brought has a home, and so a credentials file, of its
 * own.
 */
export function readBackend({
  env = process.env,
  home = homedir(),
  folder = checkout,
}: BackendSources = {}): Backend {
  const credentials = readCredentials(env, home);
  const chosen = setOrUndefined(env.PULUMI_BACKEND_URL);
  const url = chosen ?? setOrUndefined(credentials.current);
  if (url !== undefined) {
    return {
      url,
      chosenBy: chosen === undefined ? 'login' : 'PULUMI_BACKEND_URL',
      env: { PULUMI_BACKEND_URL: url, ...tokenFor(url, credentials, env) },
    };
  }
  const local = join(folder, '.pulumi-local');
  mkdirSync(local, { recursive: true, mode: 0o700 });
  return {
    url: `file://${local}`,
    chosenBy: 'default',
    env: { PULUMI_BACKEND_URL: `file://${local}`, ...passphraseFor(local, env) },
  };
}

function readCredentials(env: NodeJS.ProcessEnv, home: string): Credentials {
  const folder =
    setOrUndefined(env.PULUMI_CREDENTIALS_PATH) ??
    setOrUndefined(env.PULUMI_HOME) ??
    join(home, '.pulumi');
  const file = join(folder, 'credentials.json');
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch (error) {
    throw new Error(
      `Pulumi's login in ${file} cannot be read: ${(error as Error).message}. Run \`pulumi ` +
        'login` again, or set PULUMI_BACKEND_URL.',
      { cause: error },
    );
  }
}

function tokenFor(
  url: string,
  { accounts, accessTokens }: Credentials,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const token = accounts?.[url]?.accessToken ?? accessTokens?.[url];
  const isNeeded =
    setOrUndefined(env.PULUMI_ACCESS_TOKEN) === undefined && setOrUndefined(token) !== undefined;
  return token !== undefined && isNeeded ? { PULUMI_ACCESS_TOKEN: token } : {};
}

/** An empty PULUMI_CONFIG_PASSPHRASE is a passphrase, so it counts as the user's choice. */
function passphraseFor(local: string, env: NodeJS.ProcessEnv): Record<string, string> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined)
    return {};
  const file = join(local, 'passphrase');
  if (!existsSync(file)) {
    if (hasStacks(local)) {
      throw new Error(
        `${file} is missing, but ${local} holds stacks whose secrets were encrypted with it. ` +
          'Put the file back, or set PULUMI_CONFIG_PASSPHRASE; a new passphrase could not read ' +
          'them.',
      );
    }
    writeOnce(file, `${randomBytes(32).toString('base64url')}\n`);
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

function hasStacks(local: string): boolean {
  const stacks = join(local, '.pulumi', 'stacks');
  return (
    existsSync(stacks) &&
    readdirSync(stacks, { recursive: true }).some((file) => String(file).endsWith('.json'))
  );
}

/** Whole or not at all, and the first of two writers wins. */
function writeOnce(file: string, content: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

function setOrUndefined(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
