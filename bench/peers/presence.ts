import type { PresenceEvent, PresenceStatus } from '../../app/src/generated/client.ts';
import type { DefaultClients } from './default-clients.ts';

/** What a client reports. */
export interface Report {
  readonly userId: string;
  readonly guildId: string;
  readonly status: PresenceStatus;
}

const CACHE_SECONDS = 5;
const EVENTS_SHOWN = 20;
const GUILDS_SHOWN = 200;

/** The API of our app on default clients, whichever framework asks. */
export function createPresence({ prisma, redis }: DefaultClients) {
  return {
    async findUser(userId: string): Promise<unknown> {
      const cached = await redis.get(`peer:presence:${userId}`);
      if (cached !== null) return JSON.parse(cached) as unknown;
      const [guilds, events] = await Promise.all([
        prisma.presence.findMany({
          where: { userId },
          orderBy: { at: 'desc' },
          take: GUILDS_SHOWN,
        }),
        prisma.presenceEvent.findMany({
          where: { userId },
          orderBy: [{ at: 'desc' }, { id: 'desc' }],
          take: EVENTS_SHOWN,
        }),
      ]);
      const states = guilds.map(({ guildId, status, at }) => ({ guildId, status, at }));
      const presence = { userId, latest: states[0], guilds: states, events: events.map(viewOf) };
      const text = JSON.stringify(presence);
      await redis.set(`peer:presence:${userId}`, text, 'EX', CACHE_SECONDS);
      return presence;
    },

    async countOnline(guildId: string): Promise<unknown> {
      const byStatus = { online: 0, idle: 0, dnd: 0 };
      const groups = await prisma.presence.groupBy({
        by: ['status'],
        where: { guildId },
        _count: true,
      });
      for (const { status, _count } of groups) if (status !== 'offline') byStatus[status] = _count;
      return { guildId, online: byStatus.online + byStatus.idle + byStatus.dnd, byStatus };
    },

    async store({ userId, guildId, status }: Report): Promise<unknown> {
      const at = new Date();
      const [event] = await prisma.$transaction([
        prisma.presenceEvent.create({ data: { userId, guildId, status, at } }),
        prisma.presence.upsert({
          where: { guildId_userId: { guildId, userId } },
          create: { guildId, userId, status, at },
          update: { status, at },
        }),
      ]);
      await redis.del(`peer:presence:${userId}`);
      return { event: viewOf(event) };
    },
  };
}

/** JSON has no number as large as an id may be. */
function viewOf({ id, userId, guildId, status, at }: PresenceEvent): unknown {
  return { id: `${id}`, userId, guildId, status, at };
}
