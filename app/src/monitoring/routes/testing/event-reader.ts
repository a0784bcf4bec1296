import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { BASE, BEARER, type AdminServer } from './admin-server.ts';

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A reader of the stream, as a browser is one. */
export interface EventReader {
  readonly response: IncomingMessage;
  /** Everything that came, as it is. */
  text(): string;
  readonly events: readonly ReceivedEvent[];
  /** Waits until there are that many events of this name, and gives all of them. */
  received(event: string, count?: number): Promise<readonly ReceivedEvent[]>;
  /** Resolves when the server ends the stream; rejects when it is cut. */
  readonly ended: Promise<void>;
  close(): void;
}

export async function openEvents(
  server: Pick<AdminServer, 'port'>,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const outgoing = request({
    host: '127.0.0.1',
    port: server.port,
    path: `${BASE}/connections/history`,
    agent: false,
    headers: { Accept: 'text/event-stream', ...BEARER, ...headers },
  }).end();
  outgoing.on('error', () => undefined);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const events: ReceivedEvent[] = [];
  let text = '';
  let read = 0;
  response.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    for (let end = text.indexOf('\n\n', read); end !== -1; end = text.indexOf('\n\n', read)) {
      const event = parse(text.slice(read, end));
      if (event !== undefined) events.push(event);
      read = end + 2;
    }
    response.emit('news');
  });
  const ended = once(response, 'end').then(() => undefined);
  ended.catch(() => undefined);
  response.on('error', () => undefined);
  return {
    response,
    text: () => text,
    events,
    async received(event, count = 1) {
      for (;;) {
        const found = events.filter((candidate) => candidate.event === event);
        if (found.length >= count) return found;
        if (response.destroyed)
          throw new Error(`the stream ended with ${found.length} of ${count} ${event} events`);
        await Promise.race([once(response, 'news'), ended]);
      }
    },
    ended,
    close: () => outgoing.destroy(),
  };
}

function parse(block: string): ReceivedEvent | undefined {
  const fields = new Map(
    block
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const [event, data] = [fields.get('event'), fields.get('data')];
  return event === undefined || data === undefined
    ? undefined
    : { event, id: fields.get('id'), data: JSON.parse(data) as unknown };
}
