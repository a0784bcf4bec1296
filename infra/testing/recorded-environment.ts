import { type Credentials, deriveCredentials } from '../credentials.ts';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from '../settings/check-settings.ts';
import type { Outside } from '../targets/outside.ts';
import { deployTarget } from '../targets/target.ts';
import { requestedResources } from './mock-engine.ts';
import { type RecordedResource, recordResource } from './recorded-resource.ts';
import type { ResourceCase } from './resource-cases.ts';

/** A machine and a cluster that are the same everywhere. */
const outside: Outside = {
  readEngine: () => ({ hasStartInterval: true, cpu: 'x64' }),
  bundleApp: () => Promise.resolve(),
  readClusterIdentity: () =>
    Promise.resolve({
      uid: '<uid of kube-system>',
      server: 'https://cluster.example:6443',
      context: 'example',
    }),
};

/** The credentials of every recorded environment. */
export const exampleCredentials: Credentials = deriveCredentials({
  rootSecret: 'an example of a root secret, which is no secret',
  version: 1,
  postgresAdminPassword: 'an example of a password',
  appSecrets: { DISCORD_TOKEN: 'an example of a token' },
});

/** Every resource that an update would register for these settings, sorted by name and type. */
export async function recordEnvironment({
  environment,
  settings,
}: ResourceCase): Promise<readonly RecordedResource[]> {
  const plan = planEnvironment(checkSettings(settings, environment));
  const requests = await requestedResources(environment, () =>
    deployTarget(plan, exampleCredentials, outside),
  );
  const key = ({ name, type }: RecordedResource): string => `${name} ${type}`;
  return requests.map(recordResource).sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
