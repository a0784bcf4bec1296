/**
 * The least that answers the same: node:http, pg with named statements over Unix sockets, one
 * statement for a write, and a cached answer sent as it was stored. Nobody would want to own it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Pool } from 'pg';
import { BatchingRedis } from '../../app/src/clients/batching-redis.ts';
import { COUNT, EVENTS, GUILDS, STORE, viewOf, type EventRow } from './floor-statements.ts';
import type { Report } from './presence.ts';
import { requiredVariable } from './required-variable.ts';

const PORT = 3_001;
const CACHE_SECONDS = 5;
const USER = '/api/presence/';
const GUILD = '/api/guilds/';
const ONLINE = '/online';

const pool = new Pool({
  host: requiredVariable('POOLER_DIRECTORY'),
  port: 6_432,
  user: requiredVariable('DATABASE_USER'),
  password: requiredVariable('DATABASE_PASSWORD'),
  database: requiredVariable('DATABASE_NAME'),
});
const redis = new BatchingRedis(requiredVariable('REDIS_URL'));

async function findUser(userId: string): Promise<string> {
  const cached = await redis.get(`floor:presence:${userId}`);
  if (cached !== null) return cached;
  const [guilds, events] = await Promise.all([
    pool.query({ ...GUILDS, values: [userId] }),
    pool.query<EventRow>({ ...EVENTS, values: [userId] }),
  ]);
  const body = JSON.stringify({
    userId,
    latest: guilds.rows[0] as unknown,
    guilds: guilds.rows,
    events: events.rows.map(viewOf),
  });
  await redis.set(`floor:presence:${userId}`, body, 'EX', CACHE_SECONDS);
  return body;
}

async function countOnline(guildId: string): Promise<string> {
  const { rows } = await pool.query<{ status: string; users: number }>({
    ...COUNT,
    values: [guildId],
  });
  const byStatus: Record<string, number> = { online: 0, idle: 0, dnd: 0 };
  let online = 0;
  for (const { status, users } of rows) {
    if (status === 'offline') continue;
    byStatus[status] = users;
    online += users;
  }
  return JSON.stringify({ guildId, online, byStatus });
}

async function store({ userId, guildId, status }: Report): Promise<string> {
  const { rows } = await pool.query<EventRow>({
    ...STORE,
    values: [userId, guildId, status, new Date()],
  });
  await redis.del(`floor:presence:${userId}`);
  return JSON.stringify({ event: rows.map(viewOf)[0] });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '' } = request;
  if (method === 'POST')
    send(response, 201, await store(JSON.parse(await text(request)) as Report));
  else if (url === '/livez') send(response, 200, '{"status":"ok"}');
  else if (url.startsWith(USER)) send(response, 200, await findUser(url.slice(USER.length)));
  else send(response, 200, await countOnline(url.slice(GUILD.length, -ONLINE.length)));
}

function send(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
}).listen(PORT);
