import { randomBytes } from 'node:crypto';
import { openDockerScope } from '../e2e/docker.ts';
import removeTestImages from '../e2e/run-clean-up.ts';
import { openLiveEnvironment, type LiveEnvironment } from '../e2e/live-app.ts';
import { deriveCredentials } from '../infra/credentials.ts';
import { runSteps, type Step } from '../toolchain/progress.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figures.ts';
import { benchMonitoring } from './monitoring-cost.ts';
import { benchStatementNames } from './statement-names.ts';

/**
 * Brings up servers of its own, runs every part on them one after the other, shows how far it is,
 * and removes them.
 * @param signal ends it early; what was brought up is removed all the same.
 */
export async function runBenchSuite(signal: AbortSignal): Promise<readonly Figure[]> {
  const scope = openDockerScope('bench');
  const figures: Figure[] = [];
  let live: LiveEnvironment | undefined;
  const part = (
    name: string,
    after: string,
    run: (bench: Bench) => Promise<readonly Figure[]>,
  ): Step => ({
    name,
    after: [after],
    heavy: true,
    run: async (report, failed) => {
      if (live === undefined) throw new Error('the servers are not there');
      figures.push(...(await run({ live, report, signal: AbortSignal.any([signal, failed]) })));
      return 'done';
    },
  });
  try {
    await runSteps([
      {
        name: 'Servers',
        run: async () => {
          live = await openLiveEnvironment(
            scope,
            deriveCredentials({ rootSecret: randomBytes(32).toString('hex'), version: 1 }),
          );
          return 'done';
        },
      },
      part(`Monitoring's cost`, 'Servers', benchMonitoring),
      part('Named statements', `Monitoring's cost`, benchStatementNames),
    ]);
  } finally {
    await scope.close();
    await removeTestImages();
  }
  return figures;
}
