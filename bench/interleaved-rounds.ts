import autocannon from 'autocannon';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput, inspect } from '../e2e/docker.ts';
import { report as reportPresence, type LiveApp, type LiveEnvironment } from '../e2e/live-app.ts';
import { readCounters, subtract, type Counters } from './counters.ts';
import { summarizeRatios, type PairedRatio } from './paired-ratio.ts';

/** By default, inside its container. */
const APP_PORT = '3001';

/** One of two ways to run the app that are compared. */
interface Side {
  readonly name: string;
  readonly start: () => Promise<LiveApp>;
  /** What goes on beside the load while the app is measured; gives the way to stop it. */
  readonly beside?: (app: LiveApp) => () => Promise<void>;
}

/** What one side did in one round. */
export interface Round {
  readonly side: string;
  readonly requests: number;
  readonly perSecond: number;
  readonly grown: Counters;
}

export interface Comparison {
  readonly rounds: readonly (readonly [first: Round, second: Round])[];
  /** Of what a round gives: the first side's through the second's, pair by pair. */
  ratio(of: (round: Round) => number): PairedRatio;
  /** Of what a round gives, the mean over all rounds of a side. */
  mean(side: 0 | 1, of: (round: Round) => number): number;
}

interface Effort {
  readonly minPairs: number;
  readonly maxPairs: number;
  /** Enough is measured when the bounds of the ratio of throughputs are at most this far apart. */
  readonly width: number;
}

const ROUND_SECONDS = 2;
/**
 * Processes of each side, used in turn: two of the same program differ by some percent for as long
 * as they live.
 */
const PROCESSES = 4;
/** Before anything is measured, each process gets this long to compile what is used often. */
const WARM_UP_SECONDS = 4;
/** Of each round, not measured: what a paused process catches up on. */
const SETTLE_MS = 200;
const CONNECTIONS = 16;

const READ_USER = { userId: '1', guildId: '1', status: 'online' };
const WRITTEN_USER = { userId: '2', guildId: '1', status: 'online' };

/** The app's three routes in equal parts: a cached read, a counting query, a write. */
const REQUESTS: autocannon.Request[] = [
  { method: 'GET', path: '/api/presence/1' },
  { method: 'GET', path: '/api/guilds/1/online' },
  {
    method: 'POST',
    path: '/api/presence',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(WRITTEN_USER),
  },
];

/**
 * Measures two ways to run the app on the same servers in turn, A B, B A, A B: what the machine
 * does meanwhile hits both alike. Whatever is not measured is paused, so that its background work
 * costs nothing.
 * @param report hears how far it is.
 * @throws when a request fails: an error is quick, and would pass for throughput.
 */
export async function compareSides(parts: {
  readonly live: LiveEnvironment;
  readonly sides: readonly [Side, Side];
  readonly effort: Effort;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<Comparison> {
  const { live, sides, effort, report, signal } = parts;
  const [one, other] = sides;
  const processes: (readonly [LiveApp, LiveApp])[] = [];
  for (let count = 1; count <= PROCESSES; count += 1) {
    report(`starting, pair of processes ${count} of ${PROCESSES}`);
    processes.push([await startPaused(one, signal), await startPaused(other, signal)]);
  }
  const rounds: (readonly [Round, Round])[] = [];
  const isEnough = (): boolean => {
    if (rounds.length < effort.minPairs) return false;
    const { low, high } = summarizeRatios(
      rounds.map(([first, second]) => first.perSecond / second.perSecond),
    );
    return rounds.length >= effort.maxPairs || high - low <= effort.width;
  };
  while (!isEnough()) {
    report(`pair ${rounds.length + 1} of ${effort.minPairs} to ${effort.maxPairs}`);
    const [oneApp, otherApp] = processes[rounds.length % PROCESSES] ?? [];
    if (oneApp === undefined || otherApp === undefined) break;
    // Also turned after each use of all processes: otherwise one and the same process would always
    // be first.
    if ((rounds.length + Math.floor(rounds.length / PROCESSES)) % 2 === 0) {
      const first = await measureRound({ live, side: one, app: oneApp, signal });
      rounds.push([first, await measureRound({ live, side: other, app: otherApp, signal })]);
    } else {
      const second = await measureRound({ live, side: other, app: otherApp, signal });
      rounds.push([await measureRound({ live, side: one, app: oneApp, signal }), second]);
    }
  }
  await dockerOutput('rm', '--force', ...processes.flat().map(({ id }) => id));
  return {
    rounds,
    ratio: (of) => summarizeRatios(rounds.map(([first, second]) => of(first) / of(second))),
    mean: (side, of) => rounds.reduce((sum, pair) => sum + of(pair[side]), 0) / rounds.length,
  };
}

/**
 * Straight to the container: a published port on the loopback address is served by a proxy of the
 * engine's, which takes a processor's share of its own.
 */
async function load(app: LiveApp, seconds: number): Promise<autocannon.Result> {
  const [address] = (
    await inspect(app.id, '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}')
  ).split(' ');
  return autocannon({
    url: `http://${address}:${APP_PORT}`,
    connections: CONNECTIONS,
    duration: seconds,
    requests: REQUESTS,
  });
}

async function startPaused({ start }: Side, signal: AbortSignal): Promise<LiveApp> {
  signal.throwIfAborted();
  const app = await start();
  await reportPresence(app, READ_USER);
  await load(app, WARM_UP_SECONDS);
  await dockerOutput('pause', app.id);
  return app;
}

async function measureRound(parts: {
  readonly live: LiveEnvironment;
  readonly side: Side;
  readonly app: LiveApp;
  readonly signal: AbortSignal;
}): Promise<Round> {
  const { live, app, signal } = parts;
  const { name, beside } = parts.side;
  signal.throwIfAborted();
  await dockerOutput('unpause', app.id);
  const stop = beside?.(app);
  try {
    await sleep(SETTLE_MS);
    const before = await readCounters(live, app.id);
    const result = await load(app, ROUND_SECONDS);
    const grown = subtract(await readCounters(live, app.id), before);
    if (result.errors + result.non2xx > 0)
      throw new Error(
        `${name}: ${result.errors} requests failed and ${result.non2xx} were refused: ` +
          JSON.stringify(result.statusCodeStats),
      );
    return {
      side: name,
      requests: result['2xx'],
      perSecond: result['2xx'] / result.duration,
      grown,
    };
  } finally {
    await stop?.();
    await dockerOutput('pause', app.id);
  }
}
