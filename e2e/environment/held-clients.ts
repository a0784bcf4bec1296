import pg from 'pg';
import type { TestStack } from '../test-stack.ts';

/** Idle client connections of PgBouncer's published port. */
export interface HeldClients {
  /** How many have been ended from the other side; the others are asked, and answer. */
  ended(): Promise<number>;
  close(): Promise<void>;
}

export async function holdClients(stack: TestStack, count: number): Promise<HeldClients> {
  const { app } = stack.credentials();
  const clients = Array.from(
    { length: count },
    () =>
      new pg.Client({
        host: '127.0.0.1',
        port: stack.poolerPort,
        user: app.name,
        password: app.password,
        database: 'spywatcher',
      }),
  );
  const gone = new Set<pg.Client>();
  for (const client of clients) {
    client.on('error', () => gone.add(client)).on('end', () => gone.add(client));
    await client.connect();
    await client.query('select 1');
  }
  return {
    ended: async () => {
      for (const client of clients)
        if (!gone.has(client)) await client.query('select 1').catch(() => gone.add(client));
      return gone.size;
    },
    close: async () => {
      await Promise.all(
        clients.filter((client) => !gone.has(client)).map((client) => client.end()),
      );
    },
  };
}
