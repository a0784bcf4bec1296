import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Ordered end of the process. Code that opens a resource registers it on the next line. */
export interface Shutdown {
  readonly isDraining: boolean;
  /**
   * Registers a resource; all are closed in reverse order, each awaited, each once, past the errors
   * of the others.
   */
  register(name: string, opened: Closable | Closable['close']): void;
  /**
   * The first call drains, closes and exits with `exitCode`, or with 1 when something could not be
   * closed. Later ones differ: 0 is a request from outside, and the second such request exits with
   * 1 at once. 1 is an error. It makes the exit code 1 and does not cut short what is under way.
   */
  begin(reason: string, exitCode: 0 | 1): void;
}

/** Something open that can be closed. */
interface Closable {
  close(): Promise<void>;
  /** Lists what `close` is waiting for, to be named when the deadline passes. */
  busyWith?(): readonly string[];
}

interface Registered extends Closable {
  readonly name: string;
}

/**
 * Creates the shutdown: not ready -> wait -> close, last opened first -> exit.
 * @param drainDelayMs time in which requests are still taken as usual, so that a balancer sees
 * `/readyz` fail first.
 * @param deadlineMs from the first call of `begin`; when it passes the process logs what is still
 * open and exits with 1.
 * @param exit must flush the log and end the process.
 */
export function createShutdown(options: {
  readonly drainDelayMs: number;
  readonly deadlineMs: number;
  readonly logger: Logger;
  readonly exit: (code: 0 | 1) => void;
}): Shutdown {
  const { drainDelayMs, deadlineMs, logger, exit } = options;
  const waiting: Registered[] = [];
  let closing: Registered | undefined;
  let isDraining = false;
  let isAskedFor = false;
  let exitCode: 0 | 1 = 0;

  const close = async (opened: Registered): Promise<void> => {
    closing = opened;
    try {
      await opened.close();
      logger.info({ closed: opened.name }, 'closed');
    } catch (error) {
      exitCode = 1;
      logger.error({ err: error, closer: opened.name }, 'could not close');
    }
  };

  const drain = async (deadline: NodeJS.Timeout): Promise<void> => {
    await sleep(drainDelayMs);
    for (let opened = waiting.pop(); opened !== undefined; opened = waiting.pop())
      await close(opened);
    clearTimeout(deadline);
    logger.info({ exitCode }, 'shutdown complete');
    exit(exitCode);
  };

  const giveUp = (): void => {
    const open = [...(closing === undefined ? [] : [closing]), ...waiting.toReversed()];
    const stillOpen = open.map(({ name }) => name);
    try {
      const waitingFor = closing?.busyWith?.() ?? [];
      logger.fatal(
        { deadlineMs, stillOpen, waitingFor },
        `shutdown deadline passed, still open: ${stillOpen.join(', ')}`,
      );
    } finally {
      exit(1);
    }
  };

  return {
    get isDraining() {
      return isDraining;
    },
    register(name, opened) {
      waiting.push(
        typeof opened === 'function'
          ? { name, close: opened }
          : { name, close: () => opened.close(), busyWith: () => opened.busyWith?.() ?? [] },
      );
    },
    begin(reason, wantedCode) {
      if (wantedCode === 0 && isAskedFor) {
        logger.fatal({ reason }, 'second request to end: exiting at once');
        exit(1);
        return;
      }
      isAskedFor ||= wantedCode === 0;
      if (wantedCode === 1) exitCode = 1;
      if (isDraining) {
        logger.warn({ reason, exitCode }, 'shutting down already');
        return;
      }
      isDraining = true;
      logger.info({ reason, drainDelayMs }, 'shutdown begins: not ready');
      void drain(setTimeout(giveUp, deadlineMs));
    },
  };
}
