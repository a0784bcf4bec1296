import net from 'node:net';

/** Protocol 3.0. https://www.postgresql.org/docs/17/protocol-message-formats.html */
const PROTOCOL_3 = 196_608;
/** Long for a busy machine; a packet that may get no answer at all is given less. */
const ANSWER_WITHIN_MS = 10_000;

/** A packet of this version and body, its length ahead. */
export function startupPacket(body: Buffer, version = PROTOCOL_3): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(version, 4);
  return Buffer.concat([head, body]);
}

/** Names and values in turn, as a client sends them. */
export const parametersBody = (...texts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([...texts.flatMap((text) => [Buffer.from(text), Buffer.of(0)]), Buffer.of(0)]);

/**
 * Sends one packet and gives the begin of the answer: `R` asks for the login, `E` is a refusal with
 * its words; empty when the server hangs up, or says nothing in time.
 */
export function answerTo(
  { host, port }: { readonly host: string; readonly port: number },
  packet: Buffer,
  withinMs: number = ANSWER_WITHIN_MS,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    const chunks: Buffer[] = [];
    const end = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        end();
      })
      .on('close', end)
      .setTimeout(withinMs, end)
      .write(packet);
  });
}
