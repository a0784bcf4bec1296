import type { RequestHandler, Response } from 'express';
import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { errorBody } from './http-error.ts';

const timers = new WeakMap<Response, NodeJS.Timeout>();
const endless = new WeakSet<ServerResponse>();

/**
 * Answers 503 when nothing else has answered in time: a caller never hangs, whatever hangs behind
 * us.
 */
export function answerWithin(timeoutMs: number, logger: Logger): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => {
      logger.error(
        { method: request.method, path: request.path, timeoutMs },
        'request ran into its deadline',
      );
      if (response.headersSent) {
        response.destroy();
        return;
      }
      // The body may still be arriving, so this connection cannot serve another request.
      response.set({ 'Retry-After': '5', Connection: 'close' });
      response
        .status(503)
        .json(errorBody('deadline_exceeded', 'The service took too long. Try again shortly.'));
    }, timeoutMs);
    timers.set(response, timer);
    response.once('close', () => clearTimeout(timer));
    next();
  };
}

/**
 * Marks an answer that goes on, a stream of events: it has no deadline, and a server that closes
 * does not wait for it.
 */
export function makeEndless(response: Response): void {
  clearTimeout(timers.get(response));
  endless.add(response);
}

export const isEndless = (response: ServerResponse): boolean => endless.has(response);
