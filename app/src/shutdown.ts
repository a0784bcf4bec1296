import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** How the process ends. Whoever opens a thing registers its closer on the next line. */
export interface Shutdown {
  readonly isDraining: boolean;
  /** Closers run in reverse order, each awaited, each once, past the errors of the others. */
  register(name: string, close: () => Promise<void>): void;
  /** The first call drains, closes and exits with `exitCode`; a second one exits with 1 at once. */
  begin(reason: string, exitCode: 0 | 1): void;
}

interface Closer {
  readonly name: string;
  readonly close: () => Promise<void>;
}

/**
 * Not ready -> wait -> close, last opened first -> exit.
 * @param drainDelayMs how long requests are still taken as usual, so that whoever balances sees `/readyz` fail first.
 * @param deadlineMs from the first call of `begin`; when it passes the process exits with 1 and says what is still open.
 * @param exit must flush the log and end the process.
 */
export function createShutdown(options: {
  readonly drainDelayMs: number;
  readonly deadlineMs: number;
  readonly logger: Logger;
  readonly exit: (code: 0 | 1) => void;
}): Shutdown {
  const { drainDelayMs, deadlineMs, logger, exit } = options;
  const closers: Closer[] = [];
  let isDraining = false;
  let hasFailed = false;
  let open: string | undefined;

  const close = async ({ name, close: run }: Closer): Promise<void> => {
    open = name;
    try {
      await run();
      logger.info({ closed: name }, 'closed');
    } catch (error) {
      hasFailed = true;
      logger.error({ err: error, closer: name }, 'could not close');
    }
  };

  const drain = async (exitCode: 0 | 1): Promise<void> => {
    await sleep(drainDelayMs);
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await close(closer);
    const code = hasFailed ? 1 : exitCode;
    logger.info({ exitCode: code }, 'shutdown complete');
    exit(code);
  };

  return {
    get isDraining() {
      return isDraining;
    },
    register(name, run) {
      closers.push({ name, close: run });
    },
    begin(reason, exitCode) {
      if (isDraining) {
        logger.fatal({ reason }, 'second request to end: exiting at once');
        exit(1);
        return;
      }
      isDraining = true;
      logger.info({ reason, drainDelayMs }, 'shutdown begins: not ready');
      setTimeout(() => {
        const stillOpen = [...(open === undefined ? [] : [open]), ...closers.map(({ name }) => name).reverse()];
        logger.fatal({ deadlineMs, stillOpen }, `shutdown deadline passed, still open: ${stillOpen.join(', ')}`);
        exit(1);
      }, deadlineMs);
      void drain(exitCode);
    },
  };
}
