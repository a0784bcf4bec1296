import type { Express } from 'express';
import type { Readiness } from '../readiness.ts';
import { answerMethodNotAllowed } from './error-answers.ts';
import { errorBody } from './http-error.ts';
import { sendJson } from './send-json.ts';

const OK = '{"status":"ok"}';

/** Adds `/livez`: the process runs; also while it drains. And `/readyz`: it wants requests. */
export function addProbes(application: Express, readiness: Readiness): void {
  application
    .route('/livez')
    .get((_request, response) => {
      sendJson(response, OK);
    })
    .all(answerMethodNotAllowed('GET', 'HEAD'));
  application
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
}
