import pg from 'pg';
import type { TestStack } from '../test-stack.ts';

/** One report of a user's presence. */
export const postPresence = (
  { appUrl }: Pick<TestStack, 'appUrl'>,
  userId: string,
  status = 'online',
): Promise<Response> =>
  fetch(`${appUrl}/api/presence`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, guildId: '200000000000000001', status }),
  });

/**
 * Runs four clients of PgBouncer's published port that query without a pause while something is
 * done.
 */
export async function whileQuerying(
  stack: TestStack,
  action: () => Promise<unknown>,
): Promise<{ readonly queries: number; readonly errors: readonly string[] }> {
  const { app } = stack.credentials();
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: stack.poolerPort,
    user: app.name,
    password: app.password,
    database: 'spywatcher',
    max: 4,
  });
  const errors: string[] = [];
  pool.on('error', (error) => errors.push(error.message));
  let queries = 0;
  let isOver = false;
  const loop = async (): Promise<void> => {
    while (!isOver)
      await pool.query('select pg_sleep(0.005)').then(
        () => (queries += 1),
        (error: Error) => errors.push(error.message),
      );
  };
  const loops = [loop(), loop(), loop(), loop()];
  try {
    await action();
  } finally {
    isOver = true;
    await Promise.all(loops);
    await pool.end();
  }
  return { queries, errors };
}
