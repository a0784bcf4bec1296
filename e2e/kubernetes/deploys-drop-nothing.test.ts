import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionBudget } from '../../infra/plan/connection-budget.ts';
import { type ClusterLoad, startClusterLoad } from './cluster-load.ts';
import { openClusterStack, type ClusterStack } from './cluster-stack.ts';
import { startConnectionSampler } from './connection-sampler.ts';
import { expectStored } from './expect-stored.ts';
import type { LoadSummary } from './load-summary.ts';
import { deletePod, evictAll, untilSettled } from './rollout.ts';
import { startTableHolder } from './table-holder.ts';
import { testImages } from './test-images.ts';

/**
 * Of both placements together; the load goes on after the last change until they have been sent.
 */
const REQUESTS = 100_000;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
}, 300_000);

/** A change to a running environment, and what is waited for after it. */
interface Step {
  readonly name: string;
  readonly run: (stack: ClusterStack) => Promise<unknown>;
}

const withSettings = (name: string, settings: Parameters<ClusterStack['configure']>[0]): Step => ({
  name,
  run: (stack) => {
    stack.configure(settings);
    return stack.mustRun('up', '--yes');
  },
});

/** The image under another name: what runs is the same, and every pod of it is replaced. */
const renamedPgbouncer = (): string =>
  testImages().pgbouncer.replace(/:[^:]*$/, (tag) => `${tag}-again`);

const stepsFor = (placement: 'sidecar' | 'shared'): readonly Step[] => {
  const pooler = { placement };
  const reloaded = { pooler: { ...pooler, poolSize: 4 }, app: { poolMax: 4 } };
  return [
    withSettings('rolling update of the app', { pooler, app: { poolMax: 4 } }),
    withSettings('scale from 2 to 6', { pooler, app: { poolMax: 4, replicas: 6 } }),
    withSettings('scale from 6 to 2', { pooler, app: { poolMax: 4 } }),
    withSettings('reload of the pooler', reloaded),
    withSettings('another image of the pooler', {
      ...reloaded,
      images: { pgbouncer: renamedPgbouncer() },
    }),
    withSettings('rotation of the credentials', {
      ...reloaded,
      images: { pgbouncer: renamedPgbouncer() },
      credentialsVersion: 2,
    }),
    { name: 'deletion of a pod of the app', run: (stack) => deletePod(stack, 'app') },
    { name: 'eviction of every pod of the app', run: (stack) => evictAll(stack, 'app') },
    ...(placement === 'sidecar'
      ? []
      : [
          {
            name: 'deletion of a pod of the pooler',
            run: (stack: ClusterStack) => deletePod(stack, 'pgbouncer'),
          },
          {
            name: 'eviction of every pod of the pooler',
            run: (stack: ClusterStack) => evictAll(stack, 'pgbouncer'),
          },
        ]),
  ];
};

test.each(['sidecar', 'shared'] as const)(
  'with the pooler as %s no change drops a request or exceeds the planned connections',
  async (placement) => {
    const stack = await openClusterStack(placement, { pooler: { placement } });
    opened.push(stack);
    await stack.mustRun('up', '--yes');
    const load = await startClusterLoad(stack.name, `http://app.${stack.api.namespace}:3001`);
    opened.push(load);
    const sampler = await startConnectionSampler(stack);
    const holder = await startTableHolder(stack);
    const figures: string[] = [];
    let before = await load.read();
    let planned = await plannedServerConnections(stack);
    for (const { name, run } of stepsFor(placement)) {
      sampler.takePeak();
      await run(stack);
      await untilSettled(stack, 'app', name === 'scale from 2 to 6' ? 6 : 2);
      const [now, { peak }] = [await load.read(), sampler.takePeak()];
      const plannedNow = await plannedServerConnections(stack);
      const most = Math.max(planned, plannedNow);
      say(
        figures,
        `${placement}, ${name}: ${now.requests - before.requests} requests, ` +
          `${now.failed - before.failed} failed; at Postgres at most ${peak} connections ` +
          `of ${most} planned`,
      );
      // Two full bouncers with their reserve, the monitoring of two pods, and the session that
      // holds the table.
      expect(peak).toBeGreaterThanOrEqual(2 * 4 + 2 + 1);
      expect(peak).toBeLessThanOrEqual(most);
      [before, planned] = [now, plannedNow];
    }
    await holder.stop();
    await moveThePooler(stack, placement === 'sidecar' ? 'shared' : 'sidecar');
    const total = await untilSent(load, REQUESTS / 2);
    const { samples } = sampler.takePeak();
    sampler.stop();
    say(
      figures,
      `${placement}: ${total.requests} requests, ${total.failed} failed, slowest ` +
        `${Math.round(total.slowestMs)} ms, ${samples} looks at Postgres`,
    );
    expect({ failures: total.failures, figures }).toEqual({ failures: [], figures });
    expect(total.requests).toBeGreaterThanOrEqual(REQUESTS / 2);
    expect(samples).toBeGreaterThan(500);
    await expectStored(stack, total);
  },
  2_400_000,
);

/**
 * With bouncers that are not full: for a moment there are those of both placements, which no plan
 * counts.
 */
async function moveThePooler(stack: ClusterStack, placement: 'sidecar' | 'shared'): Promise<void> {
  stack.configure({
    pooler: { placement, poolSize: 4 },
    app: { poolMax: 4 },
    credentialsVersion: 2,
  });
  await stack.mustRun('up', '--yes');
  await untilSettled(stack, 'app', 2);
}

/** The figures are what this test is for: they are shown while it runs, and with whatever fails. */
function say(figures: string[], line: string): void {
  figures.push(line);
  process.stderr.write(`${line}\n`);
}

async function untilSent(load: ClusterLoad, count: number): Promise<LoadSummary> {
  while ((await load.read()).requests < count) await sleep(2_000);
  return load.stop();
}

async function plannedServerConnections(stack: ClusterStack): Promise<number> {
  const { stdout } = await stack.pulumi('stack', 'output', 'connectionBudget', '--json');
  const { hops } = JSON.parse(stdout) as ConnectionBudget;
  return hops.find(({ name }) => name === 'server connections')?.used ?? 0;
}
