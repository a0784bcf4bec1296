/** Named, so that Postgres parses and plans each once for a connection. */
export const GUILDS = {
  name: 'guilds',
  text: `SELECT guild_id AS "guildId", status, at FROM presence
    WHERE user_id = $1 ORDER BY at DESC LIMIT 200`,
} as const;

export const EVENTS = {
  name: 'events',
  text: `SELECT id, user_id AS "userId", guild_id AS "guildId", status, at FROM presence_event
    WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT 20`,
} as const;

export const COUNT = {
  name: 'count',
  text: `SELECT status, count(*)::int AS users FROM presence WHERE guild_id = $1 GROUP BY status`,
} as const;

export const STORE = {
  name: 'store',
  text: `WITH event AS (
      INSERT INTO presence_event (user_id, guild_id, status, at)
      VALUES ($1, $2, $3::presence_status, $4)
      RETURNING id, user_id, guild_id, status, at
    ), latest AS (
      INSERT INTO presence (guild_id, user_id, status, at)
      SELECT guild_id, user_id, status, at FROM event
      ON CONFLICT (guild_id, user_id) DO UPDATE SET status = excluded.status, at = excluded.at
    )
    SELECT id, user_id AS "userId", guild_id AS "guildId", status, at FROM event`,
} as const;

/** pg gives a bigint as text. */
export interface EventRow {
  readonly id: string;
  readonly userId: string;
  readonly guildId: string;
  readonly status: string;
  readonly at: Date;
}

export const viewOf = ({ id, userId, guildId, status, at }: EventRow): EventRow => ({
  id,
  userId,
  guildId,
  status,
  at,
});
