import { createServer } from 'node:net';

/**
 * Below the ports that Linux gives to outgoing connections (32768 and up), so that none of those
 * takes it meanwhile.
 */
const [FIRST, COUNT] = [20_000, 12_000];
const ATTEMPTS = 50;

/**
 * A port of 127.0.0.1 on which nothing listens. At random, so that two test runs hardly ever try
 * the same one at once.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${ATTEMPTS} ports from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
