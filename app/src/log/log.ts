import { pino, type DestinationStream, type Logger } from 'pino';
import type { AppEnv } from '../environment/app-environment.ts';
import { renderError } from './logged-error.ts';
import { renderPrettyLine, type LogBlocks } from './pretty-log.ts';

export interface Log {
  readonly logger: Logger;
  /** Writes out what a full pipe has held back: call it before the process ends. */
  flush(): void;
}

const STDOUT = 1;

/**
 * Logs to stdout: one JSON object a line, or with `pretty` one readable line of text.
 * @param blocks renders the entries that the readable log prints as blocks.
 */
export function openLog(env: Pick<AppEnv, 'environment' | 'log'>, blocks: LogBlocks): Log {
  // Synchronous: flushing an asynchronous one while it writes puts the last lines, those of a
  // shutdown, out of order.
  const stdout = pino.destination({ fd: STDOUT, sync: true });
  // A reader that goes away must not take the process with it.
  stdout.on('error', () => undefined);
  const stream: DestinationStream =
    env.log.format === 'json'
      ? stdout
      : { write: (line) => stdout.write(renderPrettyLine(line, blocks)) };
  const logger = pino(
    {
      level: env.log.level,
      base: { environment: env.environment },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: renderError },
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  );
  return { logger, flush: () => stdout.flushSync() };
}
