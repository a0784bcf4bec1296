import { type Fault, showValue } from './fault.ts';
import type { Settings } from './settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Settings of a server that the stack starts itself, and what takes their place where somebody else does. */
const OF_OWN_SERVER: readonly (readonly [group: string, key: string, remedy: string])[] = [
  ['postgres', 'memoryMiB', 'Leave it out: the memory of the server is decided where it runs.'],
  ['postgres', 'storageGiB', 'Leave it out: the storage of the server is decided where it runs.'],
  ['postgres', 'settings', 'Leave it out, and set these parameters where the server runs.'],
  ['images', 'postgres', 'Leave it out: no container of Postgres is started.'],
];
const BACKUP_REMEDY = 'Leave it out, and set up the backups where the server runs.';

/** Everything that does not go together with a server of somebody else's. `raw` is what the user wrote. */
export function checkExternalPostgres(raw: Raw, { target, postgres }: Settings): Fault[] {
  const { external, protect } = postgres;
  if (external === undefined) return [];
  const given = (group: string): Raw =>
    typeof raw[group] === 'object' && raw[group] !== null ? (raw[group] as Raw) : {};
  const refuse = (key: string, got: unknown, remedy: string): Fault => ({
    key,
    got: showValue(got),
    allowed: 'nothing beside postgres.external',
    remedy,
  });
  const faults = OF_OWN_SERVER.flatMap(([group, key, remedy]) =>
    given(group)[key] === undefined ? [] : [refuse(`${group}.${key}`, given(group)[key], remedy)],
  );
  for (const [key, value] of Object.entries(given('backup'))) {
    if (key !== 'enabled' || value !== false)
      faults.push(refuse(`backup.${key}`, value, BACKUP_REMEDY));
  }
  if (external.tls === 'off' && protect) {
    faults.push({
      key: 'postgres.external.tls',
      got: 'off',
      allowed: 'verify-full while postgres.protect is true',
      remedy: 'Leave it out: without it anyone on the way can read and change rows.',
    });
  }
  if (external.tls === 'off' && external.caCertificate !== undefined) {
    faults.push({
      key: 'postgres.external.caCertificate',
      got: 'certificates',
      allowed: 'nothing while postgres.external.tls is off',
      remedy: 'Leave out postgres.external.tls, so that they are used.',
    });
  }
  if (external.cidr !== undefined && target === 'docker') {
    faults.push({
      key: 'postgres.external.cidr',
      got: showValue(external.cidr),
      allowed: 'nothing on the docker target',
      remedy: 'Leave it out: only a cluster has network policies.',
    });
  }
  return faults;
}

/** The password that the stack can not derive: without it nobody could prepare the server. The password itself is never shown. */
export function checkAdminPassword(
  { environment, postgres: { external } }: Settings,
  isSet: boolean,
): Fault[] {
  if (external === undefined || isSet) return [];
  return [
    {
      key: 'postgresAdminPassword',
      got: 'nothing',
      allowed: `the password of the role ${external.adminUser} at ${external.host}`,
      remedy: `Set it: npm run pulumi -- config set --secret postgresAdminPassword -s ${environment}`,
    },
  ];
}
