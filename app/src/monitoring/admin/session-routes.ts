import express, { Router, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { HttpError } from '../../http/http-error.ts';
import { readParameters } from '../../http/parameters.ts';
import type { AdminAccess } from './admin-access.ts';
import { requireSameOrigin } from './same-origin.ts';
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts';

export const SIGN_IN_PATH = '/session';
export const SIGN_OUT_PATH = '/session/end';

const FORM = 'application/x-www-form-urlencoded';
/** The longest token, every character of it percent-encoded, and its name. */
const FORM_LIMIT = '1kb';

/**
 * `POST session` and `POST session/end`: a browser signs in and out. They stand behind the limit
 * and before the check.
 */
export function createSessionRoutes({
  access,
  logger,
}: {
  readonly access: AdminAccess;
  readonly logger: Logger;
}): Router {
  const router = Router({ strict: true });
  router.post(
    SIGN_IN_PATH,
    requireSameOrigin,
    requireForm,
    express.text({ type: FORM, limit: FORM_LIMIT, inflate: false }),
    async (request, response) => {
      const { token } = readParameters(textOf(request.body), ['token']);
      if (token === undefined)
        throw new HttpError(400, 'missing_parameter', 'Send the form field token.');
      // A token that was copied brings a space or a line's end along.
      const accepted = await access.checkToken(request, token.trim());
      setSessionCookie(request, response, access.sessions.issue(accepted));
      logger.info({ address: request.ip }, 'admin signed in');
      response.status(303).location('./').end();
    },
  );
  // Needs no session: a sign-out with one that is over must not lead to the sign-in page.
  router.post(SIGN_OUT_PATH, requireSameOrigin, async (request, response) => {
    await access.takeBack(request);
    clearSessionCookie(request, response);
    response.status(303).location('../').end();
  });
  return router;
}

const requireForm: RequestHandler = (request, _response, next) => {
  if (!request.is(FORM))
    throw new HttpError(415, 'unsupported_media_type', `Send a form with Content-Type: ${FORM}.`);
  next();
};

/** Returns the body's text; without a body the parser leaves none. */
const textOf = (body: unknown): string => (typeof body === 'string' ? body : '');
