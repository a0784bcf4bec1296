import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { databaseFailureOf, type DatabaseFailure } from '../clients/database-failure.ts';
import { errorHandler } from './error-handler.ts';
import { errorBody, HttpError } from './http-error.ts';

const RETRY_AFTER_SECONDS: Readonly<Record<DatabaseFailure, number>> = {
  pool_full: 1,
  database_down: 5,
  database_timeout: 5,
  shutting_down: 1,
};

const DATABASE_MESSAGES: Readonly<Record<DatabaseFailure, string>> = {
  pool_full: 'The service is busy. Try again shortly.',
  database_down: 'The service cannot reach its data. Try again shortly.',
  database_timeout: 'The service took too long. Try again shortly.',
  shutting_down: 'This instance is shutting down. Try again.',
};

/** What express and its body parser throw, by their `type`. */
const BODY_ERRORS: Readonly<
  Record<string, readonly [status: number, code: string, message: string]>
> = {
  'entity.parse.failed': [400, 'malformed_json', 'The body is not JSON.'],
  'entity.too.large': [413, 'body_too_large', 'The body is too large.'],
  'charset.unsupported': [
    415,
    'unsupported_media_type',
    'The charset is not supported: send UTF-8.',
  ],
  'encoding.unsupported': [415, 'unsupported_media_type', 'The content encoding is not supported.'],
};

/** Answers 404 for a path that no route took. */
export const answerNotFound: RequestHandler = () => {
  throw new HttpError(404, 'not_found', 'There is nothing here.');
};

/** Answers 405 for a path that exists but lacks the method. */
export function answerMethodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return () => {
    throw new HttpError(
      405,
      'method_not_allowed',
      `Allowed here: ${allowed.join(', ')}.`,
    ).withHeaders({
      Allow: allowed.join(', '),
    });
  };
}

/**
 * Turns every error into an answer. A fault of the app is logged with its cause and answered
 * without it.
 */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return errorHandler(({ error, request, response, next }) => {
    const answer = toHttpError(error);
    if (answer.status >= 500)
      logger.error(
        { err: error, method: request.method, path: request.path, code: answer.code },
        'request failed',
      );
    if (response.headersSent) {
      // Too late for another answer; the deadline's was sent, or the connection is cut.
      if (!response.writableEnded) next(error);
      return;
    }
    response.status(answer.status).set(answer.headers).json(errorBody(answer.code, answer.message));
  });
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  // Before the database: a body that was cut off carries a socket's code, too, and is the caller's
  // doing.
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  const [bodyStatus, code, message] = BODY_ERRORS[type ?? ''] ?? [];
  if (bodyStatus !== undefined && code !== undefined)
    return new HttpError(bodyStatus, code, message ?? code);
  // Express marks what the caller got wrong, a malformed percent-encoding for example, with a 4xx
  // status.
  if (status !== undefined && status >= 400 && status < 500)
    return new HttpError(status, 'bad_request', 'The request is malformed.');
  const failure = databaseFailureOf(error);
  if (failure !== undefined) {
    return new HttpError(503, failure, DATABASE_MESSAGES[failure]).withHeaders({
      'Retry-After': `${RETRY_AFTER_SECONDS[failure]}`,
    });
  }
  return new HttpError(500, 'internal_error', 'Something went wrong.');
}
