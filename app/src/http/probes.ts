import { Router } from 'express';
import type { Readiness } from '../readiness.ts';
import { answerMethodNotAllowed } from './error-answers.ts';
import { HttpError } from './http-error.ts';

/** `/livez`: the process runs; also while it drains. `/readyz`: it wants requests. */
export function createProbes(readiness: Readiness): Router {
  const router = Router();
  router
    .route('/livez')
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  router
    .route('/readyz')
    .get(async (_request, response) => {
      const state = await readiness.check();
      if (state !== 'ready') throw new HttpError(503, 'not_ready', 'This instance takes no requests now.', { 'Retry-After': '1' });
      response.json({ status: 'ok' });
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  return router;
}
