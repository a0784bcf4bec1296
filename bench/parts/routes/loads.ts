import { renderRequest, type Requests } from '../../rounds/http-load.ts';
import { SEEDED } from '../../servers/seed.ts';

const { readUsers, countedGuild, writtenUsers, busyGuild } = SEEDED;

const reads = readUsers.map((user) => renderRequest('GET', `/api/presence/${user}`));
const count = renderRequest('GET', `/api/guilds/${countedGuild}/online`);
const writes = writtenUsers.map((userId) =>
  renderRequest('POST', '/api/presence', { userId, guildId: busyGuild, status: 'online' }),
);

/** What the apps are asked for, by the name in the tables. */
export const LOADS = {
  '/livez': [renderRequest('GET', '/livez')],
  'cached read': reads,
  'counting read': [count],
  write: writes,
  /** The three in equal parts. */
  mixed: writes.flatMap((write, index) => [reads[index % reads.length] ?? write, count, write]),
} as const satisfies Readonly<Record<string, Requests>>;

export type LoadName = keyof typeof LOADS;
