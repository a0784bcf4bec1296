import { expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { checkSettings } from '../../settings/check-settings.ts';
import { type Cluster, imagePullOf } from './cluster.ts';
import { deployServiceAccount } from './service.ts';

/** The inputs of the account that a component gets. */
async function accountWith(kubernetes: object): Promise<Record<string, unknown>> {
  const made: Record<string, unknown>[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      made.push(inputs as Record<string, unknown>);
      return { id: name, state: inputs as Record<string, unknown> };
    },
    call: () => ({}),
  });
  const { settings } = checkSettings(
    { target: 'kubernetes', credentialsVersion: 1, kubernetes },
    'prod',
  );
  const cluster: Cluster = {
    environment: 'prod',
    namespace: 'spywatcher-prod',
    imagePull: imagePullOf(settings),
    options: () => ({}),
    metadata: (_component, name) => ({
      name,
      namespace: 'spywatcher-prod',
      labels: {},
      annotations: {},
    }),
  };
  await new Promise((resolve) => deployServiceAccount(cluster, 'app').apply(resolve));
  return made[0] ?? {};
}

test("an account names the registry's login where the settings do, and none where they do not; pods get no token of it", async () => {
  expect(await accountWith({ imagePullSecret: 'registry-login' })).toMatchObject({
    imagePullSecrets: [{ name: 'registry-login' }],
    automountServiceAccountToken: false,
  });
  expect(await accountWith({})).not.toHaveProperty('imagePullSecrets');
});
