import type { CookieOptions, Request, Response } from 'express';
import { HttpError } from '../../http/http-error.ts';
import { SESSION_SECONDS } from './sessions.ts';

const NAME = 'admin_session';

/** Path below which the browser sends the cookie. */
const PATH = '/api/admin/monitoring';

/** @throws {HttpError} 400 when there are several. */
export function readSessionCookie(request: Request): string | undefined {
  const values = (request.headersDistinct['cookie'] ?? [])
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`));
  if (values.length > 1)
    throw new HttpError(400, 'repeated_cookie', `Send the cookie ${NAME} once.`);
  return values[0]?.slice(NAME.length + 1);
}

export function setSessionCookie(request: Request, response: Response, value: string): void {
  response.cookie(NAME, value, { ...attributesFor(request), maxAge: SESSION_SECONDS * 1_000 });
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(NAME, attributesFor(request));
}

function attributesFor(request: Request): CookieOptions {
  // Anyone can write this header, and all it can do is to make the cookie stricter.
  const isForwardedFromHttps = /^https$/i.test(request.get('X-Forwarded-Proto') ?? '');
  return {
    httpOnly: true,
    sameSite: 'strict',
    path: PATH,
    secure: request.secure || isForwardedFromHttps,
  };
}
