import { Router } from 'express';
import type { Readiness } from '../readiness.ts';
import { answerMethodNotAllowed } from './error-answers.ts';
import { errorBody } from './http-error.ts';

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
      // Answered and not thrown: a negative answer to a probe is no failure, and the readiness
      // check logs the change itself.
      if (state === 'ready') response.json({ status: 'ok' });
      else
        response
          .status(503)
          .set('Retry-After', '1')
          .json(errorBody('not_ready', 'This instance takes no requests now.'));
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  return router;
}
