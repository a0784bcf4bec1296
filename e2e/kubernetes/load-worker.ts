/**
 * Runs inside the cluster: keep-alive clients against one address until /tmp/stop is there, with a
 * summary at /tmp/summary.json.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, startLoad } from '../keep-alive-load.ts';
import { summarize } from './load-summary.ts';

const { URL_OF_APP: url = '', CLIENTS = '1', EVERY_MS = '1000' } = process.env;

const load = startLoad({
  url,
  clients: Number(CLIENTS),
  everyMs: Number(EVERY_MS),
  whenSentAway: 'reconnect',
  // A read, a counting query and a write in equal parts.
  next: (count) => {
    const userId = String(1 + (count % 1_000));
    if (count % 3 === 0)
      return {
        method: 'POST',
        path: '/api/presence',
        body: { userId, guildId: '1', status: 'online' },
      };
    return {
      method: 'GET',
      path: count % 3 === 1 ? '/api/guilds/1/online' : `/api/presence/${userId}`,
    };
  },
});

const write = (outcomes: readonly Outcome[], isEnded: boolean): void => {
  // Beside its place first: a reader must never see half of it.
  writeFileSync('/tmp/unfinished.json', JSON.stringify({ ...summarize(outcomes), isEnded }));
  renameSync('/tmp/unfinished.json', '/tmp/summary.json');
};

while (!existsSync('/tmp/stop')) {
  write(load.outcomes, false);
  await sleep(500);
}
write(await load.stop(), true);
// Until the pod is deleted, somebody may read.
setInterval(() => undefined, 60_000);
