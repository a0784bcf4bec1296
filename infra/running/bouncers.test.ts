import { describe, expect, test } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { checkSettings } from '../settings/check-settings.ts';
import { findBouncers, isStarted, reconnectBouncers } from './bouncers.ts';

const { settings } = checkSettings({ target: 'kubernetes', credentialsVersion: 1 }, 'prod');
const WAIT = { deadlineMs: 60_000, everyMs: 1 };

function pod(
  name: string,
  bouncer: { readonly started?: boolean; readonly running?: boolean } = {},
): V1Pod {
  const { started = true, running = true } = bouncer;
  const status = {
    name: 'pgbouncer',
    image: '',
    imageID: '',
    ready: started,
    restartCount: 0,
    started,
    containerID: `of-${name}`,
    state: running ? { running: {} } : { waiting: { reason: 'ImagePullBackOff' } },
  };
  return { metadata: { name, uid: name }, status: { initContainerStatuses: [status] } };
}

/** Answers with each list in turn, and with the last one from then on. */
function cluster(
  lists: readonly (readonly V1Pod[])[],
  answer: (name: string, times: number) => string = () => '',
) {
  const asked: string[] = [];
  const left = [...lists];
  return {
    asked,
    pods: () => Promise.resolve((left.length > 1 ? left.shift() : left[0]) ?? []),
    run: ({ pod: name }: { readonly pod: string }, command: readonly string[]) => {
      asked.push(`${name} ${command.at(-1) ?? ''}`);
      const refusal = answer(name, asked.filter((line) => line.startsWith(`${name} `)).length);
      return refusal === ''
        ? Promise.resolve('')
        : Promise.reject(new Error(`${name}: ${refusal}`));
    },
  };
}

test('a bouncer is a running container; it has started when its startup probe passed', async () => {
  const found = await findBouncers(
    cluster([
      [
        pod('serves'),
        pod('starts', { started: false }),
        pod('waits', { started: false, running: false }),
      ],
    ]),
    settings,
  );
  expect(found.map(({ metadata }) => metadata?.name)).toEqual(['serves', 'starts']);
  expect(found.map(isStarted)).toEqual([true, false]);
});

describe('RECONNECT', () => {
  test('goes once to each bouncer that has started, and to none that is starting', async () => {
    const api = cluster([[pod('a'), pod('b'), pod('starts', { started: false })]]);
    await reconnectBouncers(settings, api, WAIT);
    expect(api.asked).toEqual(['a RECONNECT', 'b RECONNECT']);
  });

  test('goes again to a bouncer that is there and refused it, and to no other', async () => {
    const api = cluster([[pod('a'), pod('b')]], (name, times) =>
      name === 'a' && times < 3 ? 'no socket' : '',
    );
    await reconnectBouncers(settings, api, WAIT);
    expect(api.asked).toEqual(['a RECONNECT', 'b RECONNECT', 'a RECONNECT', 'a RECONNECT']);
  });

  test('does not fail for a bouncer that is gone after it was listed', async () => {
    const api = cluster([[pod('a'), pod('gone')], [pod('a')]], (name) =>
      name === 'gone' ? 'pods "gone" not found' : '',
    );
    await reconnectBouncers(settings, api, WAIT);
    expect(api.asked).toEqual(['a RECONNECT', 'gone RECONNECT']);
  });

  test('fails with the words of each bouncer that stays and goes on refusing', async () => {
    const api = cluster([[pod('a'), pod('b')]], (name) => (name === 'b' ? 'no socket' : ''));
    await expect(reconnectBouncers(settings, api, { deadlineMs: 0, everyMs: 1 })).rejects.toThrow(
      'Timed out after 0 s waiting for PgBouncer to take RECONNECT:\n  b: no socket',
    );
  });
});
