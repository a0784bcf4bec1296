import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type AppProcess } from '../../../testing/app-process.ts';
import { plan } from '../../testing/observations.ts';
import { TOKENS } from './admin-server.ts';

/**
 * The real app with its monitoring, as a process of its own; every layer behind it refuses
 * connections.
 */
export interface MonitoredApp extends AppProcess {
  /** Ends it, and gives how it ended. */
  stop(): Promise<number | string>;
}

export async function startMonitoredApp(
  variables: Partial<Record<string, string>> = {},
  preload?: string,
): Promise<MonitoredApp> {
  const directory = await mkdtemp(join(tmpdir(), 'monitoring-plan-'));
  const planFile = join(directory, 'plan.json');
  await writeFile(planFile, JSON.stringify(plan));
  const app = await startApp(
    {
      MONITORING: 'on',
      MONITORING_PLAN_FILE: planFile,
      ADMIN_TOKENS: TOKENS.accepted.join('\n'),
      MONITOR_DATABASE_URL:
        'postgresql://spywatcher_monitor:canary-password@127.0.0.1:1/spywatcher',
      POOLER_CONSOLE_URL: 'postgresql://pgbouncer_monitor:canary-password@127.0.0.1:1/pgbouncer',
      ...variables,
    },
    preload,
  );
  await app.logged('listening');
  return {
    ...app,
    async stop() {
      app.kill('SIGTERM');
      const exit = await app.ended;
      await rm(directory, { recursive: true });
      return exit;
    },
  };
}
