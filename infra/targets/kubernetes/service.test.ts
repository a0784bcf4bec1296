import { expect, test } from '@jest/globals';
import { recordEnvironment } from '../../testing/recorded-environment.ts';
import { resourceCases } from '../../testing/resource-cases.ts';

/** Inputs of the accounts that the components get. */
async function accountsWith(kubernetes: object): Promise<readonly unknown[]> {
  const settings = { ...resourceCases['prod']?.settings, kubernetes };
  const resources = await recordEnvironment({ environment: 'prod', settings });
  return resources
    .filter(({ type }) => type === 'kubernetes:core/v1:ServiceAccount')
    .map(({ inputs }) => inputs);
}

test("accounts name the registry's login where the settings do; pods get no token", async () => {
  const accounts = await accountsWith({ imagePullSecret: 'registry-login' });
  expect(accounts.length).toBeGreaterThan(3);
  for (const account of accounts)
    expect(account).toMatchObject({
      imagePullSecrets: [{ name: 'registry-login' }],
      automountServiceAccountToken: false,
    });
});

test('accounts name no login where the settings name none', async () => {
  for (const account of await accountsWith({})) {
    expect(account).not.toHaveProperty('imagePullSecrets');
    expect(account).toMatchObject({ automountServiceAccountToken: false });
  }
});
