import type { Database } from '../clients/database.ts';
import type { PresenceReport, PresenceStatus } from './presence-report.ts';

/** One stored report. `id` is a decimal number too large for JSON's. */
interface PresenceEventView {
  readonly id: string;
  readonly userId: string;
  readonly guildId: string;
  readonly status: PresenceStatus;
  readonly at: string;
}

interface GuildPresence {
  readonly guildId: string;
  readonly status: PresenceStatus;
  readonly at: string;
}

export interface UserPresence {
  readonly userId: string;
  /** The newest state, whichever guild it is from. */
  readonly latest: GuildPresence;
  readonly guilds: readonly GuildPresence[];
  /** The newest first. */
  readonly events: readonly PresenceEventView[];
}

export interface OnlineCount {
  readonly guildId: string;
  /** Number of users who are not offline. */
  readonly online: number;
  readonly byStatus: Readonly<Record<Exclude<PresenceStatus, 'offline'>, number>>;
}

export type StoredReport =
  | { readonly outcome: 'stored' | 'repeated'; readonly event: PresenceEventView }
  | { readonly outcome: 'key_reused' };

const EVENTS_SHOWN = 20;

/** Discord lets a user join this many guilds. */
const GUILDS_SHOWN = 200;

interface EventRow {
  readonly id: bigint | string;
  readonly userId: string;
  readonly guildId: string;
  readonly status: PresenceStatus;
  readonly at: Date;
}

interface OnlineRow {
  readonly status: keyof OnlineCount['byStatus'];
  readonly users: number;
}

/**
 * Stores the event and, unless a newer one is known, the latest state: one statement, so one
 * transaction and one round trip. Without a row in its answer the idempotency key was taken.
 *
 * Tables have their schema, as Prisma's have: behind a pooler the search path may be that of the
 * session before.
 */
const STORE_REPORT = `
  WITH event AS (
    INSERT INTO public.presence_event
      (user_id, guild_id, status, at, idempotency_key, request_digest)
    VALUES ($1, $2, $3::public.presence_status, $4, $5, $6)
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id, user_id, guild_id, status, at
  ), latest AS (
    INSERT INTO public.presence AS known (guild_id, user_id, status, at)
    SELECT guild_id, user_id, status, at FROM event
    ON CONFLICT (guild_id, user_id) DO UPDATE SET status = excluded.status, at = excluded.at
    WHERE known.at <= excluded.at
  )
  SELECT id, user_id AS "userId", guild_id AS "guildId", status, at FROM event`;

const COUNT_ONLINE = `
  SELECT status, count(*)::integer AS users
  FROM public.presence
  WHERE guild_id = $1 AND status <> 'offline'
  GROUP BY status`;

export async function storeReport(
  database: Database,
  report: PresenceReport,
): Promise<StoredReport> {
  const { userId, guildId, status, at, idempotency } = report;
  const [row] = await database.query<EventRow>(STORE_REPORT, [
    userId,
    guildId,
    status,
    at,
    idempotency?.key,
    idempotency?.digest,
  ]);
  if (row !== undefined) return { outcome: 'stored', event: viewOf(row) };
  if (idempotency === null) throw new Error('an event without an idempotency key was not stored');

  const earlier = await database.prisma.presenceEvent.findUniqueOrThrow({
    where: { idempotencyKey: idempotency.key },
  });
  const isSame =
    earlier.requestDigest !== null &&
    Buffer.compare(earlier.requestDigest, idempotency.digest) === 0;
  return isSame ? { outcome: 'repeated', event: viewOf(earlier) } : { outcome: 'key_reused' };
}

/** Finds a user's presence; null for a user nobody has reported. */
export async function findUserPresence(
  database: Database,
  userId: string,
): Promise<UserPresence | null> {
  const { prisma } = database;
  const [guilds, events] = await Promise.all([
    prisma.presence.findMany({ where: { userId }, orderBy: { at: 'desc' }, take: GUILDS_SHOWN }),
    prisma.presenceEvent.findMany({
      where: { userId },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      take: EVENTS_SHOWN,
    }),
  ]);
  const [latest, ...others] = guilds.map(({ guildId, status, at }) => ({
    guildId,
    status,
    at: at.toISOString(),
  }));
  if (latest === undefined) return null;
  return { userId, latest, guilds: [latest, ...others], events: events.map(viewOf) };
}

export async function countOnline(database: Database, guildId: string): Promise<OnlineCount> {
  const byStatus = { online: 0, idle: 0, dnd: 0 };
  const rows = await database.query<OnlineRow>(COUNT_ONLINE, [guildId]);
  for (const { status, users } of rows) byStatus[status] = users;
  return { guildId, online: byStatus.online + byStatus.idle + byStatus.dnd, byStatus };
}

function viewOf({ id, userId, guildId, status, at }: EventRow): PresenceEventView {
  return { id: `${id}`, userId, guildId, status, at: at.toISOString() };
}
