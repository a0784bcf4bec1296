import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';

const ANSWER_MS = 10_000;
const NOT_FOUND = 404;
const CONFLICT = 409;

/** Asks the API server for JSON. Throws with the server's words for anything but a 2xx. */
export interface ApiClient {
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<void>;
  /** Nothing to delete counts as deleted. */
  delete(path: string): Promise<void>;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
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

  const ask = ({ method, path, body }: Call): Promise<{ status: number; text: string }> =>
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

  const must = async (call: Call, alsoRight?: number): Promise<string> => {
    const { method, path } = call;
    const { status, text } = await ask(call);
    if ((status < 200 || status > 299) && status !== alsoRight)
      throw new Error(`${method} ${path}: HTTP ${status} ${text.slice(0, 300)}`);
    return text;
  };

  return {
    get: async <Answer>(path: string) => JSON.parse(await must({ method: 'GET', path })) as Answer,
    post: async (path, body) => void (await must({ method: 'POST', path, body }, CONFLICT)),
    delete: async (path) => void (await must({ method: 'DELETE', path }, NOT_FOUND)),
  };
}
