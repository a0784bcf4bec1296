import { Agent, request as open } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, string>>;
}

/** One request and what became of it. */
export interface Outcome {
  readonly request: LoadRequest;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly tookMs: number;
  /** Undefined when no whole answer came: `fault` says why. */
  readonly answer?: {
    readonly status: number;
    readonly retryAfter: string | undefined;
    readonly isFarewell: boolean;
    readonly body: unknown;
  };
  readonly fault?: string;
}

export interface Load {
  /** Of all requests that have ended so far. */
  readonly outcomes: readonly Outcome[];
  /**
   * Waits for the requests under way. Also the way to wait for clients that leave when they are
   * told to.
   */
  stop(): Promise<readonly Outcome[]>;
}

/**
 * Keep-alive clients, each of which sends one request after the other over one HTTP connection.
 * @param everyMs from the start of one request of a client to the start of its next, or more when
 * the answer takes longer.
 * @param whenSentAway what a client does after an answer with `Connection: close`: `leave` makes
 * every later failure a failure of the server, because no client connects to one that has said
 * goodbye.
 */
export function startLoad(options: {
  readonly url: string;
  readonly clients: number;
  readonly everyMs: number;
  readonly next: (count: number) => LoadRequest;
  readonly whenSentAway: 'leave' | 'reconnect';
}): Load {
  const { url, clients, everyMs, next, whenSentAway } = options;
  const outcomes: Outcome[] = [];
  let sent = 0;
  let isStopping = false;
  const client = async (index: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // Spread over the interval, so that the load is even.
    let dueAtMs = performance.now() + (everyMs * index) / clients;
    while (!isStopping) {
      await sleep(Math.max(0, dueAtMs - performance.now()));
      if (isStopping) break;
      dueAtMs = Math.max(dueAtMs + everyMs, performance.now());
      const outcome = await send(url, next((sent += 1)), agent);
      outcomes.push(outcome);
      if (outcome.answer?.isFarewell === true && whenSentAway === 'leave') break;
    }
    agent.destroy();
  };
  const ended = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return {
    outcomes,
    async stop() {
      isStopping = true;
      await ended;
      return outcomes;
    },
  };
}

/** Sends one request; never throws. */
export function send(url: string, request: LoadRequest, agent?: Agent): Promise<Outcome> {
  const [startedAtMs, start] = [Date.now(), performance.now()];
  return new Promise((resolve) => {
    const end = (rest: Pick<Outcome, 'answer'> | Pick<Outcome, 'fault'>): void =>
      resolve({ request, startedAtMs, tookMs: performance.now() - start, ...rest });
    const headers = request.body === undefined ? {} : { 'Content-Type': 'application/json' };
    const sending = open(
      `${url}${request.path}`,
      { method: request.method, headers, ...(agent === undefined ? {} : { agent }) },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('error', (error) =>
          end({ fault: `truncated after ${text.length} characters: ${error.message}` }),
        );
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          try {
            end({
              answer: {
                status,
                retryAfter: headers['retry-after'],
                isFarewell: headers.connection === 'close',
                body: JSON.parse(text) as unknown,
              },
            });
          } catch {
            end({ fault: `not JSON: ${status} ${text}` });
          }
        });
      },
    );
    sending.on('error', (error) => end({ fault: error.message }));
    sending.end(request.body === undefined ? undefined : JSON.stringify(request.body));
  });
}
