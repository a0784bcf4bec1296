import express, { Router, type RequestHandler } from 'express';
import type { Database } from '../clients/database.ts';
import { retryRead } from '../clients/read-retry.ts';
import { answerMethodNotAllowed } from '../http/error-answers.ts';
import { HttpError } from '../http/http-error.ts';
import { sendJson } from '../http/send-json.ts';
import type { PresenceCache } from './presence-cache.ts';
import { readPresenceReport, readSnowflake } from './presence-report.ts';
import { countOnline, findUserPresence, storeReport } from './presence-store.ts';

const BODY_LIMIT = '16kb';

/** The sample domain: who was seen where, and who is online now. */
export function createPresenceRoutes(database: Database, cache: PresenceCache): Router {
  const router = Router();

  router
    .route('/presence')
    .post(requireJson, express.json({ limit: BODY_LIMIT }), async (request, response) => {
      const report = readPresenceReport(request.body, request.get('Idempotency-Key'));
      const stored = await storeReport(database, report);
      if (stored.outcome === 'key_reused') {
        throw new HttpError(
          422,
          'idempotency_key_reused',
          'This Idempotency-Key was used for another request. Use a new one.',
        );
      }
      await cache.forget(report.userId);
      // The answer to a repetition is the first one again, so it differs in a header only.
      if (stored.outcome === 'repeated') response.set('Idempotency-Replayed', 'true');
      sendJson(response.status(201), { event: stored.event });
    })
    .all(answerMethodNotAllowed('POST'));

  router
    .route('/presence/:userId')
    .get(async (request, response) => {
      const userId = readSnowflake('userId', request.params.userId);
      const cached = await cache.find(userId);
      if (cached !== undefined) {
        sendJson(response, cached);
        return;
      }
      const presence = await retryRead(() => findUserPresence(database, userId));
      if (presence === null)
        throw new HttpError(404, 'unknown_user', 'Nothing was ever reported about this user.');
      const json = JSON.stringify(presence);
      await cache.keep(userId, json);
      sendJson(response, json);
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));

  router
    .route('/guilds/:guildId/online')
    .get(async (request, response) => {
      const guildId = readSnowflake('guildId', request.params.guildId);
      sendJson(response, await retryRead(() => countOnline(database, guildId)));
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));

  return router;
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json'))
    throw new HttpError(
      415,
      'unsupported_media_type',
      'Send a body with Content-Type: application/json.',
    );
  next();
};
