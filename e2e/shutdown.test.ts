import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE } from '../infra/settings/standard-names.ts';
import { dockerOutput, inspect, logsOf, openDockerScope } from './docker.ts';
import { hardened } from './image-set-up.ts';
import { send, startLoad } from './keep-alive-load.ts';
import { openLiveEnvironment, report, type LiveApp, type LiveEnvironment } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { show } from './pgbouncer-console.ts';
import { preparationOf } from './pooled-database.ts';
import { until } from './until.ts';

const GRACE_SECONDS = '25';
/** In which everything is closed: who asks before what is asked. */
const ORDER = [
  'http server',
  'event streams',
  'metrics log',
  'sampling',
  'database',
  'monitoring connections',
  'public rate limit',
  'redis',
];
const scope = openDockerScope('shutdown');

let live: LiveEnvironment;

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials);
  // A write waits for the lock below longer than the app's role usually may.
  const wanted = preparationOf(credentials);
  const patient = {
    ...wanted,
    app: { ...wanted.app, settings: { ...wanted.app.settings, lock_timeout: '7000ms' } },
  };
  expect((await live.prepare(patient)).exitCode).toBe(0);
}, 300_000);
afterAll(() => scope.close(), 60_000);

const signalled = (signal: string) => async (id: string) => {
  await dockerOutput('kill', '--signal', signal, id);
  await dockerOutput('wait', id);
};

test.each([
  [`Docker's stop`, (id: string) => dockerOutput('stop', '--time', GRACE_SECONDS, id)],
  ['SIGTERM', signalled('SIGTERM')],
  ['SIGINT', signalled('SIGINT')],
])(
  '%s under load: each request is answered, streams end, all closes in order with 0',
  async (_ending, end) => {
    const app = await live.startApp();
    await report(app, { userId: '1', guildId: '5', status: 'online' });
    const stream = await openStream(app);
    const load = startLoad({
      url: app.url,
      clients: 20,
      everyMs: 100,
      next: () => ({ method: 'GET', path: '/api/guilds/5/online' }),
      whenSentAway: 'leave',
    });
    await sleep(1_000);
    const locked = holdWrites(3);
    await until(locksHeld, (count) => count !== '0');
    const slow = send(app.url, {
      method: 'POST',
      path: '/api/presence',
      body: { userId: '2', guildId: '5', status: 'idle' },
    });
    await until(requestsThatWait, (count) => count !== '0');

    const samples = sampleServerConnections();
    await end(app.id);
    const endedAtMs = Date.now();
    const outcomes = await load.stop();
    expect(outcomes.filter(({ answer }) => answer?.status !== 200)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(200);
    // Nobody left before being sent away: all clients held on until the end.
    expect(outcomes.filter(({ answer }) => answer?.isFarewell)).toHaveLength(20);

    expect(await stream.ended).toBe('whole');
    expect(stream.events()).toEqual(expect.arrayContaining(['state']));
    expect(stream.events().at(-1)).toBe('end');

    const { answer, tookMs } = await slow;
    expect(answer).toMatchObject({
      status: 201,
      isFarewell: true,
      body: { event: { userId: '2' } },
    });
    expect(tookMs).toBeGreaterThan(1_500);
    await locked;

    expect(await inspect(app.id, '{{.State.ExitCode}}')).toBe('0');
    const log = await logOf(app.id);
    expect(log.flatMap(({ closed }) => closed ?? [])).toEqual(ORDER);
    expect(log.filter(({ msg }) => msg === 'this run in numbers')).toHaveLength(1);
    expect(log.at(-1)).toMatchObject({ msg: 'shutdown complete', exitCode: 0 });
    expect(log.filter(({ level }) => ['error', 'fatal'].includes(level))).toEqual([]);

    await sleep(1_500);
    const seen = await samples.stop();
    expect(seen.some(({ atMs, active }) => atMs < endedAtMs && active > 0)).toBe(true);
    const later = seen.filter(({ atMs }) => atMs > endedAtMs + 1_000);
    expect(later.length).toBeGreaterThan(0);
    expect(later.filter(({ active, clients }) => active + clients > 0)).toEqual([]);
  },
  180_000,
);

test('stopped at any moment of its start it ends by itself, also behind an init', async () => {
  const app = await live.startApp();
  const variables = JSON.parse(await inspect(app.id, '{{json .Config.Env}}')) as readonly string[];
  const image = await inspect(app.id, '{{.Image}}');
  const exitCodes: string[] = [];
  for (const delayMs of [0, 50, 100, 200, 400, 800]) {
    const id = await scope.run(
      '--init',
      ...hardened,
      '--volumes-from',
      app.id,
      ...variables.flatMap((variable) => ['-e', variable]),
      image,
    );
    await sleep(delayMs);
    await dockerOutput('stop', '--time', GRACE_SECONDS, id);
    exitCodes.push(await inspect(id, '{{.State.ExitCode}}'));
  }
  // 143: before Node has run a line of ours, the signal's own effect. 137 would be a kill after the
  // grace period.
  expect(exitCodes.filter((code) => !['0', '143'].includes(code))).toEqual([]);
  await dockerOutput('rm', '--force', app.id);
}, 240_000);

/** Keeps writes from `presence` for some seconds; reads go on. */
function holdWrites(seconds: number): Promise<string> {
  return live.ask(
    `BEGIN; LOCK TABLE presence IN EXCLUSIVE MODE; SELECT pg_sleep(${seconds}); COMMIT`,
  );
}

const locksHeld = (): Promise<string> =>
  live.ask(
    `SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = ` +
      `'presence'::regclass AND granted`,
  );

const requestsThatWait = (): Promise<string> =>
  live.ask(
    `SELECT count(*) FROM pg_stat_activity WHERE usename = 'spywatcher' AND ` +
      `wait_event_type = 'Lock'`,
  );

/** An open dashboard: the names of the events it got, and whether the last answer was whole. */
async function openStream(
  app: LiveApp,
): Promise<{ events(): readonly string[]; readonly ended: Promise<string> }> {
  const headers = { Authorization: `Bearer ${app.adminToken}`, Accept: 'text/event-stream' };
  const [response] = (await once(
    get(`${app.adminUrl}/api/admin/monitoring/connections/history`, { headers }),
    'response',
  )) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  let text = '';
  response.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new Promise<string>((resolve) =>
    response.once('end', () => resolve('whole')).once('error', (error) => resolve(error.message)),
  );
  return {
    ended,
    events: () => [...text.matchAll(/^event: (.*)$/gm)].map(([, name = '']) => name),
  };
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly closed?: string;
  readonly exitCode?: number;
}

async function logOf(id: string): Promise<readonly LogLine[]> {
  return (await logsOf(id))
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []));
}

/**
 * Asks PgBouncer again and again how many server connections are busy for the app, and how many
 * clients it has.
 */
function sampleServerConnections() {
  const samples: { readonly atMs: number; readonly active: number; readonly clients: number }[] =
    [];
  let isStopping = false;
  const sampling = (async () => {
    while (!isStopping) {
      const atMs = Date.now();
      const row = (await show(live.pgbouncer, 'SHOW POOLS')).find(
        ({ database, user }) => database === DATABASE && user === credentials.app.name,
      );
      samples.push({
        atMs,
        active: Number(row?.['sv_active'] ?? 0),
        clients: Number(row?.['cl_active'] ?? 0) + Number(row?.['cl_waiting'] ?? 0),
      });
    }
  })();
  return {
    async stop() {
      isStopping = true;
      await sampling;
      return samples;
    },
  };
}
