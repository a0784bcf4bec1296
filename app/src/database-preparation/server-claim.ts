import pg from 'pg';
import type { Preparation } from './preparation.ts';
import { PreparationError } from './preparation-error.ts';

const CLAIM = 'environment ';

const { escapeIdentifier, escapeLiteral } = pg;

/**
 * Refuses a server that another environment uses. The names of the roles are the same in all, so to
 * prepare it for a second one would change their passwords and lock the first one out.
 * @throws {PreparationError} naming both, with the way to free a server that an environment has
 * left for good.
 */
export async function refuseClaimedServer(
  admin: pg.Client,
  { server, owner }: Preparation,
  environment: string,
): Promise<void> {
  const { rows } = await admin.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1`,
    [owner.name],
  );
  const comment = rows[0]?.comment ?? '';
  if (!comment.startsWith(CLAIM) || comment === `${CLAIM}${environment}`) return;
  throw new PreparationError(
    `The Postgres server at ${server.host}, port ${server.port}, belongs to the ${comment}: ` +
      `to prepare it for ${environment} would change the passwords of its roles. ` +
      `Give ${environment} a server of its own. If the other one is gone for good, ` +
      `free the server as its admin: COMMENT ON ROLE ${escapeIdentifier(owner.name)} IS NULL`,
  );
}

/** Records in a comment on the owner's role which environment the server belongs to. */
export async function claimServer(
  admin: pg.Client,
  owner: string,
  environment: string,
): Promise<void> {
  await admin.query(
    `COMMENT ON ROLE ${escapeIdentifier(owner)} IS ${escapeLiteral(`${CLAIM}${environment}`)}`,
  );
}
