/** Keeps many reads of Redis under way over one connection, and prints what came of it as JSON. */
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchingRedis } from '../../app/src/clients/batching-redis.ts';
import { requiredVariable } from './required-variable.ts';

const IN_FLIGHT = 64;
const WARM_UP_MS = 400;
const MEASURE_MS = 1_000;

const url = requiredVariable('REDIS_URL');

/** What sends the commands that are asked for in one turn of the event loop. */
function openRedis(way: string): Redis {
  switch (way) {
    case 'ours':
      return new BatchingRedis(url);
    case 'auto pipelining':
      return new Redis(url, { enableAutoPipelining: true });
    case 'ioredis by default':
      return new Redis(url);
    default:
      throw new Error(`got WAY=${way}`);
  }
}

const redis = openRedis(requiredVariable('WAY'));
let answered = 0;
let isOver = false;

async function keepAsking(index: number): Promise<void> {
  while (!isOver) {
    await redis.get(`in-flight:${index}`);
    answered += 1;
  }
}

async function measure(): Promise<unknown> {
  await redis.ping();
  const asking = Array.from({ length: IN_FLIGHT }, (_, index) => keepAsking(index));
  await sleep(WARM_UP_MS);
  const [before, startedAtMs] = [answered, performance.now()];
  await sleep(MEASURE_MS);
  const perSecond = ((answered - before) * 1_000) / (performance.now() - startedAtMs);
  isOver = true;
  await Promise.all(asking);
  await redis.quit();
  return { perSecond, operations: answered };
}

process.stdout.write(JSON.stringify(await measure()));
