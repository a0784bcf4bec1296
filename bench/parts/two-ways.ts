import { dockerOutput } from '../../e2e/docker.ts';
import type { LiveApp } from '../../e2e/live-app.ts';
import type { Bench } from '../bench.ts';
import { measureHttp, type Round } from '../rounds/http-round.ts';
import { measurePasses, type Instance, type Pass } from '../rounds/passes.ts';
import { openCpuMeter } from '../rounds/control-group.ts';
import { removeContainers } from '../servers/bench-servers.ts';
import { startOurs } from '../servers/measured-app.ts';
import { LOADS } from './routes/loads.ts';

/** One of two ways to run our app. */
export interface Way {
  readonly changed?: Parameters<typeof startOurs>[1];
  /** What goes on beside the load while it is measured; gives the way to stop it. */
  readonly beside?: (app: LiveApp) => () => Promise<void>;
}

const INSTANCES = 3;
const WORK = { connections: 16, requests: LOADS.mixed, seconds: 1.5 };
const WARM_UP = { ...WORK, seconds: 3 };

/** Measures two ways to run our app under the mixed load. */
export async function measureTwoWays<Name extends string>(
  { servers, report, signal }: Bench,
  { ways, passes }: { readonly ways: Readonly<Record<Name, Way>>; readonly passes: number },
): Promise<readonly Pass<Name, Round>[]> {
  const names = Object.keys(ways) as Name[];
  const instances = new Map<Name, Instance<Round>[]>(names.map((name) => [name, []]));
  const postgres = await openCpuMeter(servers.live.postgres);
  for (let count = 1; count <= INSTANCES; count += 1)
    for (const name of names) {
      signal.throwIfAborted();
      report(`starting ${name}, ${count} of ${INSTANCES}`);
      const { changed = {}, beside } = ways[name];
      const { id, app, target } = await startOurs(servers, changed);
      await measureHttp(target, WARM_UP);
      await dockerOutput('pause', id);
      const meters = { app: await openCpuMeter(id), Postgres: postgres };
      instances.get(name)?.push({
        containers: [id],
        async measure() {
          const stop = beside?.(app);
          try {
            return await measureHttp(target, WORK, meters);
          } finally {
            await stop?.();
          }
        },
      });
    }
  const sides = names.map((name) => ({ name, instances: instances.get(name) ?? [] }));
  const measured = await measurePasses({ sides, passes, report, signal });
  await removeContainers(
    sides.flatMap((side) => side.instances.flatMap(({ containers }) => containers)),
  );
  return measured;
}
