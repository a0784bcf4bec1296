import type { ServerResponse } from 'node:http';

/**
 * Sends JSON by the shortest way, for what is asked for often: `response.json` finds the type and
 * the charset anew for each answer.
 * @param body is sent as it is when it is a string, which must be JSON already.
 */
export function sendJson(response: ServerResponse, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  // Also of the answer to HEAD, which has no body to count.
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
