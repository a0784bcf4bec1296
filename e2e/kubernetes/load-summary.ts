import type { Outcome } from '../keep-alive-load.ts';

export interface LoadSummary {
  readonly requests: number;
  /** No answer at all, a refusal for any reason, an answer that is not JSON. */
  readonly failures: readonly string[];
  readonly failed: number;
  /** Milliseconds of the slowest answer. */
  readonly slowestMs: number;
  /** Ids of the events whose writing was acknowledged. */
  readonly written: readonly string[];
}

const FAILURES_SHOWN = 20;

/** A read of someone who was never reported is answered by 404, which is what was asked for. */
const isFailure = ({ answer }: Outcome): boolean =>
  answer === undefined || answer.status >= 500 || answer.status === 429;

export function summarize(outcomes: readonly Outcome[]): LoadSummary {
  const failures = outcomes.filter(isFailure);
  return {
    requests: outcomes.length,
    failed: failures.length,
    failures: failures
      .slice(0, FAILURES_SHOWN)
      .map(
        ({ request, answer, fault, startedAtMs, tookMs }) =>
          `${new Date(startedAtMs).toISOString()} ${request.method} ${request.path}, ` +
          `${Math.round(tookMs)} ms: ` +
          `${fault ?? `${answer?.status} ${JSON.stringify(answer?.body)}`}`,
      ),
    slowestMs: outcomes.reduce((slowest, { tookMs }) => Math.max(slowest, tookMs), 0),
    written: outcomes.flatMap(({ answer }) =>
      answer?.status === 201
        ? [(answer.body as { readonly event: { readonly id: string } }).event.id]
        : [],
    ),
  };
}

export function addSummaries(parts: readonly LoadSummary[]): LoadSummary {
  return {
    requests: parts.reduce((sum, { requests }) => sum + requests, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    failures: parts.flatMap(({ failures }) => failures),
    slowestMs: Math.max(0, ...parts.map(({ slowestMs }) => slowestMs)),
    written: parts.flatMap(({ written }) => written),
  };
}
