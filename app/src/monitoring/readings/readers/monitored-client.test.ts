import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openMonitoredClient, type MonitoredClient } from './monitored-client.ts';

/**
 * A message of the Postgres protocol,
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
}

const READY = message('Z', Buffer.from('I'));
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), READY]);
const NO_ROWS = Buffer.concat([message('C', Buffer.from('SELECT 0\0')), READY]);
const errorOf = (severity: string) =>
  message('E', Buffer.from(`S${severity}\0C42P01\0Mcanary\0\0`));

/** Lets everyone in and answers each query as its text says; `hang` is never answered. */
class SpeakingServer {
  readonly sockets = new Set<Socket>();
  logins = 0;
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  #serve(socket: Socket): void {
    let isIn = false;
    this.logins += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      if (!isIn) socket.write(WELCOME);
      else if (text.includes('mistake')) socket.write(Buffer.concat([errorOf('ERROR'), READY]));
      else if (text.includes('crash')) socket.end(errorOf('FATAL'));
      else if (!text.includes('hang')) socket.write(NO_ROWS);
      isIn = true;
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

let server: SpeakingServer;
let client: MonitoredClient;
beforeEach(async () => {
  server = new SpeakingServer();
  client = openMonitoredClient({
    host: '127.0.0.1',
    port: await server.listen(),
    user: 'u',
    password: 'p',
    database: 'd',
  });
});
afterEach(async () => {
  await client.close();
  server.close();
});

/** Waits until the server has seen what the client did. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 200) throw new Error(`not within two seconds: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('the first query connects, and a hundred at a time share one connection', async () => {
  expect(server.logins).toBe(0);
  await Promise.all(Array.from({ length: 100 }, () => client.query('SELECT')));
  expect(server.logins).toBe(1);
});

test('an error of a statement keeps the connection; a broken one is replaced', async () => {
  await expect(client.query('mistake')).rejects.toMatchObject({ code: '42P01' });
  await client.query('SELECT');
  expect(server.logins).toBe(1);

  await expect(client.query('crash')).rejects.toThrow();
  await client.query('SELECT');
  expect(server.logins).toBe(2);

  for (const socket of server.sockets) socket.resetAndDestroy();
  await until(() => server.sockets.size === 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await client.query('SELECT');
  expect([server.logins, server.sockets.size]).toEqual([3, 1]);
});

test('a cut fails running and waiting queries; later ones get a new connection', async () => {
  await client.query('SELECT');
  const results = ['hang', 'SELECT', 'SELECT'].map((text) =>
    client.query(text).then(
      () => 'answered',
      () => 'failed',
    ),
  );
  await new Promise((resolve) => setImmediate(resolve));
  client.cut();
  const later = client.query('SELECT');
  expect(await Promise.all(results)).toEqual(['failed', 'failed', 'failed']);
  await later;
  expect(server.logins).toBe(2);
  await until(() => server.sockets.size === 1);
});

test('closing ends the connection, even to a server that hangs, for good', async () => {
  await client.query('SELECT');
  const hanging = client.query('hang').catch(() => 'failed');
  const waiting = client.query('SELECT').catch(() => 'failed');
  await new Promise((resolve) => setImmediate(resolve));
  await client.close();
  expect(await Promise.all([hanging, waiting])).toEqual(['failed', 'failed']);
  await expect(client.query('SELECT')).rejects.toThrow('closed');
  await until(() => server.sockets.size === 0);
  expect(server.logins).toBe(1);
});
