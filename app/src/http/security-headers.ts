import type { RequestHandler } from 'express';

/**
 * Headers of every answer: what a browser must know that opens an address of the API, or that a
 * page of someone else refers to. What is made for documents, the rest of helmet's set, is sent
 * with the pages alone. https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html
 */
const HEADERS = Object.entries({
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
});

/** Sets the security headers of an answer that is data. */
export const secureAnswers: RequestHandler = (_request, response, next) => {
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  next();
};
