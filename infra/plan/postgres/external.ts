import type { Preparation } from '../../../app/src/database-preparation/preparation.ts';
import { type Fault, showValue } from '../../settings/fault.ts';
import type { Settings } from '../../settings/settings.ts';

export type ExternalPostgres = NonNullable<Settings['postgres']['external']>;

type Raw = Readonly<Record<string, unknown>>;

/** Settings of a server that the stack starts itself, and what takes their place where somebody else does. */
const OF_OWN_SERVER: readonly (readonly [group: string, key: string, remedy: string])[] = [
  ['postgres', 'memoryMiB', 'Leave it out: the memory of the server is decided where it runs.'],
  ['postgres', 'storageGiB', 'Leave it out: the storage of the server is decided where it runs.'],
  ['postgres', 'settings', 'Leave it out, and set these parameters where the server runs.'],
  ['images', 'postgres', 'Leave it out: no container of Postgres is started.'],
];
const BACKUP_REMEDY = 'Leave it out, and set up the backups where the server runs.';

/** The name that the app's container gives the certificates of the authorities. */
export const SERVER_CA_FILE = 'server-ca.crt';

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

/** The certificates as the text of a file; undefined where those of the system count, or none. */
export const ownAuthorities = ({ tls, caCertificate }: ExternalPostgres): string | undefined =>
  tls === 'off' || caCertificate === undefined ? undefined : `${caCertificate.trim()}\n`;

/** How the one-shot finds the server and what it compares it with. */
export function planExternalServer(
  { maxConnections, reservedConnections }: Settings['postgres'],
  external: ExternalPostgres,
  superuserReservedConnections: number,
): Pick<Preparation, 'server' | 'counted'> {
  const { host, port, tls } = external;
  return {
    server: {
      host,
      port,
      ...(tls === 'off' ? {} : { tls: { authorities: ownAuthorities(external) ?? 'system' } }),
    },
    counted: { maxConnections, reservedConnections, superuserReservedConnections },
  };
}

/** libpq's parameters for a URL of the server. `ownFile` is where its reader finds {@link ownAuthorities}; people have it where they like. */
export function tlsParameters(external: ExternalPostgres | undefined, ownFile?: string): string {
  if (external === undefined || external.tls === 'off') return '';
  const file = ownAuthorities(external) === undefined ? 'system' : ownFile;
  return `?sslmode=verify-full${file === undefined ? '' : `&sslrootcert=${file}`}`;
}
