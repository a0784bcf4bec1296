import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBackend, type Backend } from './backend.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'backend-'))));
afterEach(() => void rmSync(folder, { recursive: true }));

const read = (env: NodeJS.ProcessEnv = {}): Backend => readBackend({ env, home: folder, folder });
const logIn = (credentials: unknown, place = '.pulumi'): void => {
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(join(folder, place, 'credentials.json'), JSON.stringify(credentials));
};
const cloud = 'https://api.pulumi.com';
const passphraseFile = (): string => join(folder, '.pulumi-local', 'passphrase');

test('PULUMI_BACKEND_URL wins over a login', () => {
  logIn({ current: cloud, accounts: { [cloud]: { accessToken: 'pul-1' } } });
  expect(read({ PULUMI_BACKEND_URL: 's3://states' })).toEqual({
    url: 's3://states',
    chosenBy: 'PULUMI_BACKEND_URL',
    env: { PULUMI_BACKEND_URL: 's3://states' },
  });
});

test('a login is passed on with its token, from either form of the credentials file', () => {
  const expected = {
    url: cloud,
    chosenBy: 'login',
    env: { PULUMI_BACKEND_URL: cloud, PULUMI_ACCESS_TOKEN: 'pul-1' },
  };
  logIn({ current: cloud, accounts: { [cloud]: { accessToken: 'pul-1' } } });
  expect(read()).toEqual(expected);
  logIn({ current: cloud, accessTokens: { [cloud]: 'pul-1' } });
  expect(read()).toEqual(expected);
});

test("the user's own token is left alone, and the login is read from their PULUMI_HOME", () => {
  logIn({ current: cloud, accessTokens: { [cloud]: 'pul-1' } }, 'elsewhere');
  expect(read({ PULUMI_HOME: join(folder, 'elsewhere'), PULUMI_ACCESS_TOKEN: 'mine' }).env).toEqual(
    { PULUMI_BACKEND_URL: cloud },
  );
});

test('without a login the local backend keeps a passphrase of mode 0600', () => {
  const first = read();
  expect(first).toEqual({
    url: `file://${folder}/.pulumi-local`,
    chosenBy: 'default',
    env: {
      PULUMI_BACKEND_URL: `file://${folder}/.pulumi-local`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
    },
  });
  const passphrase = readFileSync(passphraseFile(), 'utf8');
  expect(passphrase.trim()).toMatch(/^[\w-]{43}$/);
  expect(statSync(passphraseFile()).mode & 0o777).toBe(0o600);
  expect(read()).toEqual(first);
  expect(readFileSync(passphraseFile(), 'utf8')).toBe(passphrase);
});

test.each([{ PULUMI_CONFIG_PASSPHRASE: '' }, { PULUMI_CONFIG_PASSPHRASE_FILE: '/mine' }])(
  'a passphrase of the user (%j) is used, and none is generated',
  (env) => {
    expect(read(env).env).toEqual({ PULUMI_BACKEND_URL: `file://${folder}/.pulumi-local` });
    expect(() => statSync(passphraseFile())).toThrow('ENOENT');
  },
);

test('a lost passphrase of existing stacks is reported, not replaced', () => {
  mkdirSync(join(folder, '.pulumi-local/.pulumi/stacks/spywatcher'), { recursive: true });
  writeFileSync(join(folder, '.pulumi-local/.pulumi/stacks/spywatcher/dev.json'), '{}');
  expect(() => read()).toThrow(/passphrase is missing, but .* holds stacks/);
});

test('a damaged credentials file is named', () => {
  mkdirSync(join(folder, '.pulumi'));
  writeFileSync(join(folder, '.pulumi/credentials.json'), '{');
  expect(() => read()).toThrow(`${folder}/.pulumi/credentials.json cannot be read`);
});
