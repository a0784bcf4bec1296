/** The stock app on Fastify, as its README starts it. */
import { fastify } from 'fastify';
import { openDefaultClients } from './default-clients.ts';
import { createPresence, type Report } from './presence.ts';

const PORT = 3_001;

const presence = createPresence(openDefaultClients());
const app = fastify();

app.get('/livez', () => ({ status: 'ok' }));
app.get<{ Params: { userId: string } }>('/api/presence/:userId', ({ params }) =>
  presence.findUser(params.userId),
);
app.get<{ Params: { guildId: string } }>('/api/guilds/:guildId/online', ({ params }) =>
  presence.countOnline(params.guildId),
);
app.post<{ Body: Report }>('/api/presence', async ({ body }, reply) => {
  const stored = await presence.store(body);
  return reply.status(201).send(stored);
});
await app.listen({ host: '0.0.0.0', port: PORT });
