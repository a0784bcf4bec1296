import type { LiveEnvironment } from '../../e2e/live-app.ts';

const range = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

/** Users and guilds that the loads ask about; no two loads share any. */
export const SEEDED = {
  /** Each with five reports, all in `quietGuild`. */
  readUsers: range(1_001, 50),
  quietGuild: '1',
  /** Of 250 users. */
  countedGuild: '2',
  countedUsers: range(2_001, 250),
  /** Reported again and again, in `busyGuild`. */
  writtenUsers: range(3_001, 200),
  busyGuild: '3',
} as const;

const EVENTS_EACH = 5;

/** Fills the tables, as an app that has been running for a while would have. */
export async function seedPresence(live: LiveEnvironment): Promise<void> {
  const { readUsers, quietGuild, countedGuild, countedUsers } = SEEDED;
  const users = (list: readonly string[]): string => `unnest(ARRAY['${list.join("','")}'])`;
  await live.ask(`
    INSERT INTO presence_event (user_id, guild_id, status, at)
      SELECT seen, '${quietGuild}', 'online', timestamptz '2026-01-01' + event * interval '1 minute'
      FROM ${users(readUsers)} seen, generate_series(1, ${EVENTS_EACH}) event;
    INSERT INTO presence (user_id, guild_id, status, at)
      SELECT seen, '${quietGuild}', 'online',
        timestamptz '2026-01-01' + ${EVENTS_EACH} * interval '1 minute'
      FROM ${users(readUsers)} seen;
    INSERT INTO presence (user_id, guild_id, status, at)
      SELECT seen, '${countedGuild}', 'online', timestamptz '2026-01-01'
      FROM ${users(countedUsers)} seen;
    ANALYZE;`);
}
