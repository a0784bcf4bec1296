import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';

/** Failed request, with what is needed to answer it or to pass the error on. */
export interface FailedRequest {
  readonly error: unknown;
  readonly request: Request;
  readonly response: Response;
  readonly next: NextFunction;
}

/** Number of parameters by which express tells a handler of errors from any other. */
const PARAMETERS = 4;

/** Makes express call `handle` for errors. */
export function errorHandler(
  handle: (failed: FailedRequest) => void | Promise<void>,
): ErrorRequestHandler {
  const handler = (...[error, request, response, next]: Parameters<ErrorRequestHandler>) =>
    handle({ error, request, response, next });
  return Object.defineProperty(handler, 'length', { value: PARAMETERS });
}
