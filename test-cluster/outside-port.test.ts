import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseOutsidePort } from './outside-port.ts';

let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outside-port-'));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('a port that is taken is passed over, and one that was chosen stays chosen', async () => {
  const first = await chooseOutsidePort(join(folder, 'first', 'port'));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(first, '127.0.0.1', resolve));
  expect(await chooseOutsidePort(join(folder, 'second', 'port'))).toBeGreaterThan(first);
  expect(await chooseOutsidePort(join(folder, 'first', 'port'))).toBe(first);
});
