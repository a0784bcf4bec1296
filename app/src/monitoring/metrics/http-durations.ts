import type { Request, RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';
import { isEndless } from '../../http/request-deadline.ts';

/** Durations and statuses of HTTP answers. */
export interface HttpDurations {
  /** Middleware ahead of all others. Its labels have few values, whatever callers send. */
  readonly observe: RequestHandler;
  /**
   * Counts answers by class of status, `2xx` for example; `aborted` are those whose caller left
   * first.
   */
  countAnswers(): Promise<Readonly<Record<string, number>>>;
}

const NAME = 'spywatcher_http_request_duration_seconds';
/** Buckets from the time of a cached answer to the deadline of a request. */
const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);
const OTHER_METHOD = 'other';
const NO_ROUTE = 'none';
const ABORTED = 'aborted';

export function createHttpDurations(registry: Registry): HttpDurations {
  const histogram = new Histogram({
    name: NAME,
    help:
      'Time from the request line to the end of the answer, by method, ' +
      'pattern of the route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const labelOf = createRouteLabels();
  return {
    observe(request, response, next) {
      const startedAtMs = performance.now();
      // As routes see it, and whole: the target itself may name a host, or a fragment, and a router
      // takes its mount away.
      const { path } = request;
      response.on('close', () => {
        // A stream of events lasts as long as it is watched: its duration is no answer's time.
        if (isEndless(response)) return;
        const status = response.writableFinished ? `${response.statusCode}` : ABORTED;
        histogram.observe(
          {
            method: METHODS.has(request.method) ? request.method : OTHER_METHOD,
            route: labelOf(request, path),
            status,
          },
          (performance.now() - startedAtMs) / 1_000,
        );
      });
      next();
    },
    async countAnswers() {
      const { values } = await histogram.get();
      const counts: Record<string, number> = {};
      for (const { metricName, labels, value } of values) {
        if (metricName !== `${NAME}_count`) continue;
        const answer = labels.status === ABORTED ? ABORTED : `${String(labels.status).charAt(0)}xx`;
        counts[answer] = (counts[answer] ?? 0) + value;
      }
      return counts;
    },
  };
}

/**
 * Works out the label of each route once: there are few routes, and each is mounted in one place.
 */
function createRouteLabels(): (request: Request, wholePath: string) => string {
  const labels = new Map<unknown, string>();
  return ({ route }, wholePath) => {
    const known = labels.get(route);
    if (known !== undefined) return known;
    const label = toLabel((route as { readonly path?: unknown } | undefined)?.path, wholePath);
    labels.set(route, label);
    return label;
  };
}

/** Joins the mount of the router and the pattern that matched in it: `/api/presence/:userId`. */
function toLabel(pattern: unknown, wholePath: string): string {
  if (typeof pattern !== 'string') return NO_ROUTE;
  // Such a pattern can match any number of segments, so the mount cannot be told from what a caller
  // wrote.
  if (/[*{]/.test(pattern)) return pattern;
  // Not request.baseUrl: express has taken it back by the time a handler's error is answered.
  const path = segmentsOf(wholePath);
  const matched = segmentsOf(pattern);
  const mount = path.slice(0, path.length - matched.length).map((segment) => segment.toLowerCase());
  return `/${[...mount, ...matched].join('/')}`;
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
