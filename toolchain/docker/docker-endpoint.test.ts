import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askEngine, findEndpoint } from './docker-endpoint.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'docker-'))));
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function listen(body: string): Promise<string> {
  const socket = join(folder, 'docker.sock');
  server = createServer((_request, response) => response.end(body));
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return `unix://${socket}`;
}

test('DOCKER_HOST comes before everything, and an empty one counts as unset', async () => {
  expect(await findEndpoint({ DOCKER_HOST: 'tcp://engine:2375', DOCKER_CONTEXT: 'x' })).toEqual({
    host: 'tcp://engine:2375',
    chosenBy: 'DOCKER_HOST',
  });
  expect(await findEndpoint({ DOCKER_HOST: '', DOCKER_CONFIG: folder })).toEqual({
    host: 'unix:///var/run/docker.sock',
    chosenBy: 'default',
  });
});

test('a context called default, or a config without one, means the default socket', async () => {
  writeFileSync(join(folder, 'config.json'), '{"currentContext": "default", "auths": {}}');
  expect((await findEndpoint({ DOCKER_CONFIG: folder })).chosenBy).toBe('default');
});

test('an engine on a socket tells version, API and architecture', async () => {
  const host = await listen('{"Version": "28.0.1", "ApiVersion": "1.48", "Arch": "arm64"}');
  expect(await askEngine(host, {})).toEqual({
    state: 'up',
    version: { version: '28.0.1', apiVersion: '1.48', architecture: 'arm64' },
  });
});

test('no socket is "down", and so is something that is not an engine', async () => {
  expect((await askEngine(`unix://${folder}/none`, {})).state).toBe('down');
  expect(await askEngine(await listen('{"hello": 1}'), {})).toEqual({
    state: 'down',
    why: 'not a Docker Engine\'s version: {"hello": 1}',
  });
});
