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
      // Answered and not thrown: a probe that is told no is no failure, and the change itself is logged by whoever saw it.
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
