import express, { type Express } from 'express';
import { openDefaultClients, type DefaultClients } from './default-clients.ts';
import { createPresence, type Report } from './presence.ts';

const PORT = 3_001;

/** Express as its README starts it; `protect` adds what stands before the routes. */
export function serveExpress(
  protect: (app: Express, clients: DefaultClients) => void = () => undefined,
): void {
  const app = express();
  const clients = openDefaultClients();
  const presence = createPresence(clients);
  protect(app, clients);

  app.get('/livez', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/api/presence/:userId', async (request, response) => {
    response.json(await presence.findUser(request.params.userId));
  });
  app.get('/api/guilds/:guildId/online', async (request, response) => {
    response.json(await presence.countOnline(request.params.guildId));
  });
  app.post('/api/presence', express.json(), async (request, response) => {
    response.status(201).json(await presence.store(request.body as Report));
  });
  app.listen(PORT);
}
