import type pg from 'pg';
import type { CountedConnections, Preparation } from './preparation.ts';
import { PreparationError } from './preparation-error.ts';

/**
 * Oldest version that is accepted: 14 has no more releases, and its schema `public` belongs to a
 * superuser.
 */
const OLDEST_MAJOR = 15;

/** Limits of an external server, and its version such as 170004. */
export interface ServerOffer extends CountedConnections {
  readonly versionNumber: number;
}

/**
 * @throws {PreparationError} when the server is too old, or offers fewer connections than the
 * connection budget counts on.
 */
export async function checkServerOffer(
  admin: pg.Client,
  { server }: Preparation,
  counted: CountedConnections,
): Promise<ServerOffer> {
  const offer = await readServerOffer(admin);
  const trouble = findTrouble(offer, counted);
  if (trouble === undefined) return offer;
  throw new PreparationError(
    `The Postgres server at ${server.host}, port ${server.port}, ${trouble}`,
  );
}

/**
 * Describes what is wrong with the server, as the rest of a sentence that begins with it, and what
 * to do.
 */
export function findTrouble(offer: ServerOffer, counted: CountedConnections): string | undefined {
  const major = Math.floor(offer.versionNumber / 10_000);
  if (major < OLDEST_MAJOR)
    return `is version ${major}, but at least ${OLDEST_MAJOR} is needed. Upgrade it.`;
  const [reservedThere, reservedHere] = [reservedOf(offer), reservedOf(counted)];
  const [offered, needed] = [
    offer.maxConnections - reservedThere,
    counted.maxConnections - reservedHere,
  ];
  if (offered >= needed) return undefined;
  const settings = [
    `postgres.maxConnections to ${offer.maxConnections}`,
    ...(reservedThere > reservedHere
      ? [`postgres.reservedConnections to ${reservedThere - counted.superuserReservedConnections}`]
      : []),
  ];
  return (
    `offers ${offered} connections ` +
    `(max_connections ${offer.maxConnections} - ${reservedThere} reserved), ` +
    `but the plan counts on ${needed} ` +
    `(postgres.maxConnections ${counted.maxConnections} - ${reservedHere} reserved). ` +
    `Raise max_connections on the server to ${needed + reservedThere}, ` +
    `or set ${settings.join(' and ')}: the plan then says what fits.`
  );
}

const reservedOf = ({
  reservedConnections,
  superuserReservedConnections,
}: CountedConnections): number => reservedConnections + superuserReservedConnections;

/** Reads the server's limits; `reserved_connections` came with Postgres 16. */
async function readServerOffer(admin: pg.Client): Promise<ServerOffer> {
  const { rows } = await admin.query<ServerOffer>(`
    SELECT current_setting('server_version_num')::int AS "versionNumber",
      current_setting('max_connections')::int AS "maxConnections",
      coalesce(current_setting('reserved_connections', true), '0')::int AS "reservedConnections",
      current_setting('superuser_reserved_connections')::int AS "superuserReservedConnections"`);
  const [offer] = rows;
  if (offer === undefined) throw new Error('a SELECT without FROM returned no row');
  return offer;
}
