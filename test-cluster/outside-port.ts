import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { FIRST_OUTSIDE_PORT } from './addresses.ts';

/**
 * The port on 127.0.0.1 that stands in the kubeconfig; chosen once, and kept in `file` for as long
 * as the cluster lives.
 */
export async function chooseOutsidePort(file: string): Promise<number> {
  if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
  let port = FIRST_OUTSIDE_PORT;
  while (!(await isFree(port))) port += 1;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, String(port));
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server
      .once('error', () => resolve(false))
      .once('listening', () => server.close(() => resolve(true)));
    server.listen(port, '127.0.0.1');
  });
}
