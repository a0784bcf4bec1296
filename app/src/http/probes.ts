import { Router } from 'express';
import type { Readiness } from '../readiness.ts';
import { answerMethodNotAllowed } from './error-answers.ts';
import { errorBody } from './http-error.ts';
import { sendJson } from './send-json.ts';

const OK = '{"status":"ok"}';

/** `/livez`: the process runs; also while it drains. `/readyz`: it wants requests. */
export function createProbes(readiness: Readiness): Router {
  const router = Router();
  router
    .route('/livez')
    .get((_request, response) => {
      sendJson(response, OK);
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  router
    .route('/readyz')
    .get(async (_request, response) => {
      const state = await readiness.check();
      // Answered and not thrown: a negative answer to a probe is no failure, and the readiness
      // check logs the change itself.
      if (state === 'ready') sendJson(response, OK);
      else
        response
          .status(503)
          .set('Retry-After', '1')
          .json(errorBody('not_ready', 'This instance takes no requests now.'));
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  return router;
}
