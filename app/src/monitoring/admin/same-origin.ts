import type { RequestHandler } from 'express';
import { HttpError } from '../../http/http-error.ts';

/**
 * Refuses what the page of another origin makes a browser send. `SameSite=Strict` keeps the cookie
 * from other sites, but another port of one host is the same site. Whatever is not a browser sends
 * no such header.
 */
export const requireSameOrigin: RequestHandler = (request, _response, next) => {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new HttpError(403, 'cross_origin', 'This can only be sent by a page of the same origin.');
  next();
};
