/**
 * Clients of a pooler that ask it all the time, each over one connection, and come back when they
 * are turned away. Prints what came of it as JSON.
 */
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { requiredVariable } from './required-variable.ts';

const QUERY = { name: 'presence', text: 'SELECT status, at FROM presence WHERE user_id = $1' };
const CONNECT_MS = 5_000;
const RETRY_MS = 250;

const users = JSON.parse(requiredVariable('USERS')) as readonly string[];

const latencies = createHistogram();
const failures = new Map<string, number>();
const served = new Set<number>();
let isMeasured = false;
let isOver = false;

async function ask(index: number): Promise<void> {
  const client = new Client({
    host: requiredVariable('POOLER_HOST'),
    port: Number(requiredVariable('POOLER_PORT')),
    user: requiredVariable('DATABASE_USER'),
    password: requiredVariable('DATABASE_PASSWORD'),
    database: requiredVariable('DATABASE_NAME'),
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (let turn = index; !isOver; turn += 1) {
      const startedAtMs = performance.now();
      await client.query({ ...QUERY, values: [users[turn % users.length]] });
      if (!isMeasured) continue;
      latencies.record(Math.max(1, Math.round((performance.now() - startedAtMs) * 1_000)));
      served.add(index);
    }
  } finally {
    client.end().catch(() => undefined);
  }
}

async function keepAsking(index: number): Promise<void> {
  while (!isOver)
    await ask(index).catch(async (error: unknown) => {
      const { message } = error as Error;
      if (isMeasured) failures.set(message, (failures.get(message) ?? 0) + 1);
      await sleep(RETRY_MS);
    });
}

async function measure(): Promise<unknown> {
  const clients = Number(requiredVariable('CLIENTS'));
  for (let index = 0; index < clients; index += 1) void keepAsking(index);
  await sleep(Number(requiredVariable('SETTLE_MS')));
  isMeasured = true;
  const startedAtMs = performance.now();
  await sleep(Number(requiredVariable('MEASURE_MS')));
  isMeasured = false;
  isOver = true;
  return {
    perSecond: (latencies.count * 1_000) / (performance.now() - startedAtMs),
    p50Ms: latencies.percentile(50) / 1_000,
    p99Ms: latencies.percentile(99) / 1_000,
    served: served.size,
    failures: Object.fromEntries(failures),
  };
}

// Clients that still wait for a connection would keep the process.
process.stdout.write(JSON.stringify(await measure()), () => process.exit(0));
