import type { Monitoring } from '../observing/monitoring.ts';
import { Router, type RequestHandler, type Response } from 'express';
import { answerMethodNotAllowed } from '../../http/error-answers.ts';
import { queryOf, readParameters } from '../../http/parameters.ts';
import { isHealthy, toAlertsBody, toHealthBody, toPoolBody } from '../bodies/bodies.ts';
import type { Observation } from '../observing/observation.ts';
import { readSlowQueriesQuery } from './slow-queries-query.ts';
import type { EventStreams } from './event-stream.ts';

export interface MonitoringSources {
  readonly monitoring: Monitoring;
  readonly streams: EventStreams;
  /** The metrics of prometheus.ts. */
  readonly renderMetrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Creates the routes behind the access control. */
export function createMonitoringRoutes({
  monitoring,
  streams,
  renderMetrics,
}: MonitoringSources): Router {
  const router = Router({ strict: true });
  const addGet = (path: string, ...handlers: readonly RequestHandler[]): void => {
    router
      .route(path)
      .get(...handlers)
      .all(answerMethodNotAllowed('GET', 'HEAD'));
  };

  addGet('/connections/health', takeNoParameters, async (_request, response) => {
    const observation = await monitoring.observe();
    withStatus(response, observation).json(toHealthBody(observation));
  });
  addGet('/connections/pool', takeNoParameters, async (_request, response) => {
    const observation = await monitoring.observe();
    withStatus(response, observation).json(toPoolBody(observation));
  });
  addGet('/connections/alerts', takeNoParameters, async (_request, response) => {
    response.json(toAlertsBody(await monitoring.observe()));
  });
  addGet('/connections/history', takeNoParameters, (request, response) => {
    response.vary('Accept');
    if (request.accepts(['json', 'text/event-stream']) === 'text/event-stream') {
      streams.open(request, response);
      return;
    }
    const { sampleEverySeconds, samples } = monitoring.history;
    response.json({ sampleEverySeconds, samples });
  });
  addGet('/database/slow-queries', async (request, response) => {
    const { plan, at } = await monitoring.observe();
    const filter = readSlowQueriesQuery(request.query, plan);
    const { queries, since } = await monitoring.findSlowQueries(filter);
    response.json({ queries, count: queries.length, since, timestamp: at, filter });
  });
  addGet('/metrics', takeNoParameters, async (_request, response) => {
    const { contentType, text } = await renderMetrics();
    response.set('Content-Type', contentType).send(text);
  });
  return router;
}

export const takeNoParameters: RequestHandler = (request, _response, next) => {
  readParameters(queryOf(request.url), []);
  next();
};

/** Sets 503 when a layer is down, so that a probe needs to read no JSON. */
function withStatus(response: Response, observation: Observation): Response {
  return response.status(isHealthy(observation) ? 200 : 503);
}
