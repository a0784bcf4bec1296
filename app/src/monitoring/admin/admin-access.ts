import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { AdminTokens } from '../../environment/admin-tokens.ts';
import { errorHandler } from '../../http/error-handler.ts';
import { HttpError } from '../../http/http-error.ts';
import { createAccessLog } from './access-log.ts';
import { createFailureLimit } from './failure-limit.ts';
import { readSessionCookie } from './session-cookie.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createTokenCheck, type TokenCheck } from './token-check.ts';

/**
 * Access control of the admin routes. The order: `limit`, then `check` or a sign-in by
 * `checkToken`, then `settle` behind everything else.
 */
export interface AdminAccess {
  /**
   * Counts each request as a failure until it proves to be none; 429 for an address that fails too
   * often.
   */
  readonly limit: RequestHandler;
  /** Admits requests with a valid token or session; 401 for all others. */
  readonly check: RequestHandler;
  /** Checks the token of a sign-in. @throws {HttpError} 401 */
  checkToken(request: Request, token: string): Promise<string>;
  /** Takes the failure back: the request was no attempt to authenticate. */
  takeBack(request: Request): Promise<void>;
  /**
   * Takes the failure back of a request that ended otherwise than with 401, a malformed form for
   * example.
   */
  readonly settle: ErrorRequestHandler;
  readonly sessions: Sessions;
}

const BEARER = /^Bearer +(?<token>[\x21-\x7e]+) *$/i;

export function createAdminAccess({
  adminTokens,
  logger,
}: {
  readonly adminTokens: AdminTokens;
  readonly logger: Logger;
}): AdminAccess {
  const checkToken = createTokenCheck(adminTokens);
  const sessions = createSessions(adminTokens);
  const limit = createFailureLimit(logger);
  const noteAccess = createAccessLog(logger);

  const refuse = (request: Request, reason: string): never => {
    // The path is left out: people have pasted tokens into paths.
    logger.warn({ address: request.ip, reason }, 'admin access refused');
    throw new HttpError(
      401,
      'unauthorized',
      'Send Authorization: Bearer with a valid admin token.',
    ).withHeaders({ 'WWW-Authenticate': 'Bearer' });
  };

  return {
    limit: limit.count,
    async check(request, _response, next) {
      const shown = readCredentials(request, checkToken, sessions);
      if (!shown.isValid) refuse(request, shown.reason);
      await limit.takeBack(request);
      noteAccess(request.ip ?? 'unknown', shown.by);
      next();
    },
    async checkToken(request, token) {
      const accepted = checkToken(token);
      if (accepted === undefined) return refuse(request, 'wrong token at sign-in');
      await limit.takeBack(request);
      return accepted;
    },
    takeBack: (request) => limit.takeBack(request),
    settle: errorHandler(async ({ error, request, next }) => {
      const isFailure =
        error instanceof HttpError && (error.status === 401 || error.status === 429);
      if (!isFailure) await limit.takeBack(request);
      next(error);
    }),
    sessions,
  };
}

interface Shown {
  readonly by: 'token' | 'session';
  readonly isValid: boolean;
  readonly reason: string;
}

/**
 * Reads token or session. A header, if present, decides alone: a wrong token must not be saved by a
 * cookie.
 */
function readCredentials(request: Request, checkToken: TokenCheck, sessions: Sessions): Shown {
  const headers = request.headersDistinct['authorization'] ?? [];
  if (headers.length > 1) throw new HttpError(400, 'repeated_header', 'Send Authorization once.');
  const session = readSessionCookie(request);
  if (headers[0] !== undefined) {
    const token = BEARER.exec(headers[0])?.groups?.['token'];
    if (token === undefined) return { by: 'token', isValid: false, reason: 'no bearer token' };
    return { by: 'token', isValid: checkToken(token) !== undefined, reason: 'wrong token' };
  }
  if (session !== undefined)
    return {
      by: 'session',
      isValid: sessions.isValid(session),
      reason: 'session is not valid, or over',
    };
  return { by: 'token', isValid: false, reason: 'no token' };
}
