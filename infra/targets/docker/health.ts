import { HEALTHY_WITHIN_SECONDS } from '../../plan/timeouts.ts';
import { until } from '../../running/until.ts';
import { runDocker } from './engine.ts';

/** A test that takes longer has failed. */
export const TEST_TIMEOUT_SECONDS = 5;
/**
 * Repeats a test inside the container for some two seconds: to enter it takes 0.1 s of a processor,
 * which the server needs for its start.
 */
const REPEATED = [
  'tries=20',
  'until "$@"; do',
  '  tries=$((tries - 1))',
  '  [ $tries -gt 0 ] || exit 1',
  '  sleep 0.1',
  'done',
].join('\n');
/** Between two times that the container is entered. */
const ENTER_EVERY_MS = 200;
/** The engine waits 0.1 s before the first restart, and each time twice as long. */
const LAST_RESTART = 5;
const LAST_LINES = 20;

/** What one question to a container came to. */
interface Answer {
  readonly isHealthy: boolean;
  /** What the test said. */
  readonly words: string | undefined;
}

/** How a running container is asked whether it is healthy. */
export type HealthQuestion = (container: string) => Promise<Answer>;

/** Asks by the health test of one of our images, which has a shell to repeat it. */
export const byTest =
  (test: readonly string[]): HealthQuestion =>
  (container) =>
    execute(container, ['sh', '-c', REPEATED, 'sh', ...commandOf(test)]);

/** Asks by a program of any image, of which nothing else is known. */
export const byProgram =
  (words: readonly string[]): HealthQuestion =>
  (container) =>
    execute(container, words);

/** Asks a published port of this machine: the image needs no tool for that. */
export const byRequest =
  (url: string): HealthQuestion =>
  async () => {
    try {
      const { ok, status } = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(TEST_TIMEOUT_SECONDS * 1_000),
      });
      const isHealthy = ok || (status >= 300 && status < 400);
      return { isHealthy, words: `GET ${url} answers ${status}` };
    } catch (error) {
      return { isHealthy: false, words: `GET ${url}: ${(error as Error).message}` };
    }
  };

async function execute(container: string, words: readonly string[]): Promise<Answer> {
  const { code, lines } = await runDocker(
    ['exec', container, ...words],
    TEST_TIMEOUT_SECONDS * 1_000,
  );
  return { isHealthy: code === 0, words: lines.at(-1) };
}

/**
 * Waits until a running container is healthy, which is asked here: the engine's own first test
 * comes an interval after the start, and the provider looks once a second whether it has passed.
 * @throws {Error} with what the test and the container said last, when it does not pass in time or
 *   the container ends again and again.
 */
export async function untilHealthy(
  container: string,
  ask: HealthQuestion,
  withinSeconds: number = HEALTHY_WITHIN_SECONDS,
): Promise<void> {
  let words: string | undefined;
  await until(
    async () => {
      const answer = await ask(container);
      if (answer.isHealthy) return true;
      ({ words } = answer);
      if ((await restartsOf(container)) >= LAST_RESTART)
        throw new Error(
          [`${container} ends again and again:`, ...(await describe(container))].join('\n  '),
        );
      return undefined;
    },
    {
      deadlineMs: withinSeconds * 1_000,
      everyMs: ENTER_EVERY_MS,
      what: `${container} to be healthy`,
      explain: async () => [
        `Its health test: ${words ?? 'no words'}`,
        ...(await describe(container)),
      ],
    },
  );
}

/** Returns the command of a test as Docker writes it: `CMD` and words, `CMD-SHELL` and a line. */
const commandOf = ([kind, ...words]: readonly string[]): readonly string[] =>
  kind === 'CMD-SHELL' ? ['sh', '-c', ...words] : words;

async function restartsOf(container: string): Promise<number> {
  const { lines } = await runDocker(['inspect', '--format', '{{.RestartCount}}', container]);
  return Number(lines[0]);
}

/** Describes how a container is, and what it printed last; a line each. */
async function describe(container: string): Promise<readonly string[]> {
  const state =
    'It is {{.State.Status}}, restarted {{.RestartCount}} times, exit code {{.State.ExitCode}}.';
  const [{ lines: facts }, { lines: log }] = await Promise.all([
    runDocker(['inspect', '--format', state, container]),
    runDocker(['logs', '--tail', String(LAST_LINES), container]),
  ]);
  return [...facts, 'Its last lines:', ...log];
}
