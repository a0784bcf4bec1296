import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';

const ANSWER_MS = 10_000;

/** Asks the API server for JSON. Throws with the server's words for anything but a 2xx. */
export interface ApiClient {
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<void>;
  /** Nothing to delete counts as deleted. */
  delete(path: string): Promise<void>;
}

/** `identity` names the certificate in the folder. */
export function openApiClient({
  server,
  certificates,
  identity,
}: {
  readonly server: string;
  readonly certificates: string;
  readonly identity: string;
}): ApiClient {
  const file = (name: string): Buffer => readFileSync(join(certificates, name));
  const agent = new Agent({
    keepAlive: true,
    ca: file('ca.crt'),
    cert: file(`${identity}.crt`),
    key: file(`${identity}.key`),
  });

  const ask = (
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const call = request(
        new URL(path, server),
        {
          method,
          agent,
          timeout: ANSWER_MS,
          headers: { accept: 'application/json', 'content-type': 'application/json' },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.once('error', reject);
        },
      );
      call.once('timeout', () =>
        call.destroy(new Error(`no answer to ${method} ${path} within ${ANSWER_MS / 1000} s`)),
      );
      call.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });

  const must = async (
    method: string,
    path: string,
    body?: object,
    alsoRight?: number,
  ): Promise<string> => {
    const { status, text } = await ask(method, path, body);
    if ((status < 200 || status > 299) && status !== alsoRight)
      throw new Error(`${method} ${path}: HTTP ${status} ${text.slice(0, 300)}`);
    return text;
  };

  return {
    get: async <Answer>(path: string) => JSON.parse(await must('GET', path)) as Answer,
    post: async (path, body) => void (await must('POST', path, body, 409)),
    delete: async (path) => void (await must('DELETE', path, undefined, 404)),
  };
}
