import { pino, type DestinationStream, type Logger } from 'pino';
import type { AppEnv } from '../environment/env.ts';
import { renderError } from './logged-error.ts';
import { renderPrettyLine } from './pretty-log.ts';

export interface Log {
  readonly logger: Logger;
  /** Writes out what a full pipe has held back: call it before the process ends. */
  flush(): void;
}

const STDOUT = 1;

/** Logs to stdout: one JSON object a line, or with `pretty` one readable line of text. */
export function openLog(env: Pick<AppEnv, 'environment' | 'log'>): Log {
  // Synchronous: flushing an asynchronous one while it writes puts the last lines, those of a shutdown, out of order.
  const stdout = pino.destination({ fd: STDOUT, sync: true });
  // A reader that goes away must not take the process with it.
  stdout.on('error', () => undefined);
  const stream: DestinationStream =
    env.log.format === 'json' ? stdout : { write: (line) => stdout.write(renderPrettyLine(line)) };
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
