import { readFileSync } from 'node:fs';

/** Signals that come while the rest of the program is still being loaded. */
const early: NodeJS.Signals[] = [];
let onSignal = (signal: NodeJS.Signals): void => void early.push(signal);
// First of all: as process 1 of a container a signal without a handler is lost, and the container
// would have to be killed.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => onSignal(signal));

const { readAppEnv } = await import('./environment/app-environment.ts');
const faults = await import('./environment/fault.ts');
const { openLog } = await import('./log/log.ts');
const { metricsBlocks } = await import('./monitoring/metrics/metrics-block.ts');
const { startService } = await import('./service.ts');
const { createShutdown } = await import('./shutdown.ts');

try {
  const env = readAppEnv(process.env, (path) => readFileSync(path, 'utf8'));
  const log = openLog(env, metricsBlocks);
  const exit = (code: 0 | 1): never => {
    log.flush();
    process.exit(code);
  };
  const shutdown = createShutdown({ ...env.shutdown, logger: log.logger, exit });

  onSignal = (signal) => shutdown.begin(signal, 0);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.logger.fatal({ err: error }, event);
      shutdown.begin(event, 1);
    });
  }
  for (const signal of early) onSignal(signal);
  await startService(env, log.logger, shutdown);
} catch (error) {
  if (!(error instanceof faults.FaultyInputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
