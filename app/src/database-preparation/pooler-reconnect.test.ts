import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reconnectPooler } from './pooler-reconnect.ts';

const PORT = 6_432;

/**
 * A message of the Postgres protocol,
 * https://www.postgresql.org/docs/17/protocol-message-formats.html
 */
function message(type: string, content: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(content)]);
}

const WELCOME = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]);
const DONE = Buffer.concat([message('C', 'RECONNECT\0'), message('Z', 'I')]);
const [SEVERITY, TEXT] = ['FATAL', 'not allowed'];
const REFUSED = message('E', `S${SEVERITY}\0C08P01\0M${TEXT}\0\0`);

let folder: string;
let told: string[];
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pooler-reconnect-'));
  told = [];
  servers = [];
});

afterEach(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

/** Starts a console in a directory of its own, which it returns. */
async function startConsole(name: string, refuses = false): Promise<string> {
  const directory = join(folder, name);
  mkdirSync(directory);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (refuses) socket.end(REFUSED);
      else socket.write(WELCOME);
      socket.on('data', (bytes: Buffer) => {
        if (!bytes.includes('RECONNECT')) return;
        told.push(name);
        socket.write(DONE);
      });
    });
  });
  servers.push(server);
  server.listen(join(directory, `.s.PGSQL.${PORT}`));
  await once(server, 'listening');
  return directory;
}

const reconnect = (...directories: readonly string[]): Promise<boolean> =>
  reconnectPooler({ host: directories.join(','), port: PORT, user: 'u', password: 'p' });

test('every process is told; one that does not run has nothing to replace', async () => {
  const [one, two] = [await startConsole('one'), await startConsole('two')];
  expect(await reconnect(one, two, join(folder, 'nowhere'))).toBe(true);
  expect(told.sort()).toEqual(['one', 'two']);
  expect(await reconnect(join(folder, 'nowhere'), join(folder, 'elsewhere'))).toBe(false);
});

test('one that refuses is named, and the others are told all the same', async () => {
  const [one, two] = [await startConsole('one', true), await startConsole('two')];
  await expect(reconnect(one, two)).rejects.toThrow(`PgBouncer at ${one}, port ${PORT}, does not`);
  expect(told).toEqual(['two']);
});
