import { type Fault, showValue } from './fault.ts';
import type { ExternalPostgres } from './external-postgres-schema.ts';
import type { Settings } from './settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Settings of the stack's own server, and what to do instead where the server is external. */
const OWN_SERVER_ONLY: readonly (readonly [group: string, key: string, remedy: string])[] = [
  ['postgres', 'memoryMiB', 'Leave it out: the memory of the server is decided where it runs.'],
  ['postgres', 'storageGiB', 'Leave it out: the storage of the server is decided where it runs.'],
  ['postgres', 'settings', 'Leave it out, and set these parameters where the server runs.'],
  ['images', 'postgres', 'Leave it out: no container of Postgres is started.'],
];
const BACKUP_REMEDY = 'Leave it out, and set up the backups where the server runs.';

/** Finds what does not go together with an external server. `raw` is what the user wrote. */
export function checkExternalPostgres(settings: Settings, raw: Raw): Fault[] {
  const { external } = settings.postgres;
  return external === undefined
    ? []
    : [
        ...checkOwnServer(raw),
        ...checkProof(settings, external),
        ...checkRange(settings, external),
      ];
}

function checkOwnServer(raw: Raw): Fault[] {
  const given = (group: string): Raw =>
    typeof raw[group] === 'object' && raw[group] !== null ? (raw[group] as Raw) : {};
  const refuse = (key: string, got: unknown, remedy: string): Fault => ({
    key,
    got: showValue(got),
    allowed: 'nothing beside postgres.external',
    remedy,
  });
  return [
    ...OWN_SERVER_ONLY.filter(([group, key]) => given(group)[key] !== undefined).map(
      ([group, key, remedy]) => refuse(`${group}.${key}`, given(group)[key], remedy),
    ),
    ...Object.entries(given('backup'))
      .filter(([key, value]) => key !== 'enabled' || value !== false)
      .map(([key, value]) => refuse(`backup.${key}`, value, BACKUP_REMEDY)),
  ];
}

function checkProof({ postgres: { protect } }: Settings, external: ExternalPostgres): Fault[] {
  if (external.tls !== 'off') return [];
  const faults: Fault[] = [];
  if (protect) {
    faults.push({
      key: 'postgres.external.tls',
      got: 'off',
      allowed: 'verify-full while postgres.protect is true',
      remedy: 'Leave it out: without it anyone on the way can read and change rows.',
    });
  }
  if (external.caCertificate !== undefined) {
    faults.push({
      key: 'postgres.external.caCertificate',
      got: 'certificates',
      allowed: 'nothing while postgres.external.tls is off',
      remedy: 'Leave out postgres.external.tls, so that they are used.',
    });
  }
  return faults;
}

function checkRange({ target }: Settings, { cidr }: ExternalPostgres): Fault[] {
  if (cidr === undefined || target !== 'docker') return [];
  return [
    {
      key: 'postgres.external.cidr',
      got: showValue(cidr),
      allowed: 'nothing on the docker target',
      remedy: 'Leave it out: only a cluster has network policies.',
    },
  ];
}

/** Checks that the one password which the stack cannot derive is set. It is never shown. */
export function checkAdminPassword(
  { environment, postgres: { external } }: Settings,
  isSet: boolean,
): Fault[] {
  if (external === undefined || isSet) return [];
  const command = 'npm run pulumi -- config set --secret postgresAdminPassword';
  return [
    {
      key: 'postgresAdminPassword',
      got: 'nothing',
      allowed: `the password of the role ${external.adminUser} at ${external.host}`,
      remedy: `Set it: ${command} -s ${environment}`,
    },
  ];
}
