import { dockerOutput } from '../../e2e/docker.ts';
import { hardened } from '../../e2e/image-set-up.ts';
import type { Bench, Measured } from '../bench.ts';
import { openCpuMeter } from '../rounds/control-group.ts';
import { measurePasses, ratioOf } from '../rounds/passes.ts';
import { startMeters } from '../rounds/used-cpu.ts';
import { removeContainers } from '../servers/bench-servers.ts';
import { redisUrl } from '../servers/measured-app.ts';
import { peersImage } from '../servers/peers-image.ts';

const PASSES = 9;
const OTHERS = ['auto pipelining', 'ioredis by default'] as const;
const SIDES = ['ours', ...OTHERS] as const;

/** As bench/peers/redis-in-flight.ts prints it. */
interface InFlight {
  readonly perSecond: number;
  readonly operations: number;
}

/** What it is worth to send in one write what is asked for in one turn of the event loop. */
export async function benchRedisInFlight({ servers, report, signal }: Bench): Promise<Measured> {
  const { scope, network, live } = servers;
  const meters = { Redis: await openCpuMeter(live.redis) };
  const container = await scope.run(
    ...[...hardened, '--network', network, '--env', `REDIS_URL=${redisUrl(servers)}`],
    ...[await peersImage(() => undefined), 'sleep', 'infinity'],
  );
  const measure = async (side: string) => {
    const stopMeters = startMeters(meters);
    const printed = await dockerOutput(
      ...['exec', '--env', `WAY=${side}`],
      ...[container, 'node-24', 'redis-in-flight.js'],
    );
    const { perSecond, operations } = JSON.parse(printed) as InFlight;
    return { perSecond, redisUs: stopMeters(operations)['Redis'] ?? NaN };
  };
  const measured = await measurePasses({
    sides: SIDES.map((name) => ({
      name,
      instances: [{ containers: [], measure: () => measure(name) }],
    })),
    passes: PASSES,
    report,
    signal,
  });
  await removeContainers([container]);
  const figures = (row: string, by: (round: Awaited<ReturnType<typeof measure>>) => number) =>
    OTHERS.map((other) => ({
      table: 'Redis, 64 commands under way, ours / other ways',
      row,
      column: other,
      value: ratioOf(measured, ['ours', other], by),
    }));
  return {
    figures: [
      ...figures('commands a second', ({ perSecond }) => perSecond),
      ...figures("Redis' CPU per command", ({ redisUs }) => redisUs),
    ],
  };
}
