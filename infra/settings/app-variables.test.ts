import { expect, test } from '@jest/globals';
import { renderAppEnvironment } from '../app/environment.ts';
import { planEnvironment } from '../plan/plan.ts';
import { REQUIRED, refusalOf } from '../testing/refusal.ts';
import { checkSettings } from './check-settings.ts';
import { PlanRefused } from './fault.ts';
import { appSecretsOf, checkAppSecrets } from './secret-settings.ts';

const environmentOf = (app: object) =>
  renderAppEnvironment(planEnvironment(checkSettings({ ...REQUIRED, app }, 'dev')));

test('the app gets what the settings add, texts as they are and secrets as paths', () => {
  expect(
    environmentOf({ env: { GUILD: 'one', SHARDS: 2, DEBUG: true }, secrets: { TOKEN: 'x' } }),
  ).toMatchObject({
    GUILD: 'one',
    SHARDS: '2',
    DEBUG: 'true',
    TOKEN_FILE: '/run/secrets/TOKEN',
    PORT: '3001',
  });
});

test.each<[string, object, string]>([
  [
    'a name that the stack sets',
    { env: { PORT: 80 } },
    'app.env.PORT: Rename it, or leave it out: the plan decides its value.',
  ],
  [
    'a secret whose file is one that the stack sets',
    { secrets: { REDIS_URL: 'x' } },
    'app.secrets.REDIS_URL: Rename it, or leave it out: the plan decides its value.',
  ],
  ['a name with a hyphen', { env: { 'MY-NAME': 'x' } }, 'app.env.MY-NAME: Rename it.'],
  ['a digit first', { secrets: { '1ST': 'x' } }, 'app.secrets.1ST: Rename it.'],
  [
    'a token in plain text',
    { env: { DISCORD_TOKEN: 'canary-token' } },
    'app.env.DISCORD_TOKEN: Take it out, and set it encrypted: npm run pulumi -- config set ' +
      '--path app.secrets.DISCORD_TOKEN --secret -s dev',
  ],
  [
    'a URL with a password',
    { env: { BROKER: 'amqp://me:canary-token@broker' } },
    'app.env.BROKER: Take it out, and set it encrypted: npm run pulumi -- config set ' +
      '--path app.secrets.BROKER --secret -s dev',
  ],
  [
    'a path that the secret brings itself',
    { env: { TOKEN_FILE: '/elsewhere' }, secrets: { TOKEN: 'x' } },
    'app.env.TOKEN_FILE: Leave app.env.TOKEN_FILE out: TOKEN_FILE holds the path of the secret.',
  ],
])('%s is refused', (_name, app, refusal) => {
  expect(refusalOf({ app })).toContain(refusal);
});

test.each<[string, object]>([
  ['a map of secrets', { secrets: { TOKEN: 'canary-token' }, poolMax: 0 }],
  ['one that is no map', { secrets: 'canary-token' }],
  ['a list', { secrets: ['canary-token'] }],
  ['a secret in plain text', { env: { API_KEY: 'canary-token' } }],
])('no refusal shows the value of a secret: %s', (_name, app) => {
  const { faults } = checkSettings({ ...REQUIRED, app: JSON.stringify(app) }, 'dev');
  expect(faults).not.toEqual([]);
  expect(new PlanRefused(faults).message).not.toContain('canary');
});

test('the plan holds names of secrets, never a value', () => {
  const app = JSON.stringify({ secrets: { TOKEN: 'canary-token' } });
  const plan = planEnvironment(checkSettings({ ...REQUIRED, app }, 'dev'));
  expect(JSON.stringify(plan)).not.toContain('canary');
  expect(Object.keys(plan.settings.app.secrets)).toEqual(['TOKEN']);
});

test('a secret without a text is refused by its name', () => {
  const values = appSecretsOf({ app: { secrets: { EMPTY: '', NESTED: {}, TOKEN: 'x' } } });
  const faults = checkAppSecrets(['EMPTY', 'NESTED', 'TOKEN'], values);
  expect(faults.map(({ key }) => key)).toEqual(['app.secrets.EMPTY', 'app.secrets.NESTED']);
});
