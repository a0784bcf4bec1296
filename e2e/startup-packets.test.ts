import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { renderPoolerUsers } from '../infra/running/pooler-files.ts';
import { POOLER_PORT } from '../infra/settings/standard-names.ts';
import { inspect, openDockerScope } from './docker.ts';
import { credentials } from './live-credentials.ts';
import { openLivePgbouncer, type LivePgbouncer } from './live-pgbouncer.ts';
import { planLive } from './live-plan.ts';
import { answerTo, parametersBody, startupPacket } from './startup-packets.ts';

const scope = openDockerScope('startup-packets');
const { name } = credentials.app;
const user = ['user', name, 'database', 'spywatcher'] as const;
const RANDOM_PACKETS = 2_000;
const AT_ONCE = 20;
const HOSTILE_WITHIN_MS = 300;

let pgbouncer: LivePgbouncer;
let address: { readonly host: string; readonly port: number };

beforeAll(async () => {
  const plan = planLive();
  if (plan.pooler === 'off') throw new Error('planned without a pooler');
  pgbouncer = await openLivePgbouncer(scope, plan.pooler.ini, {
    network: await scope.network('net'),
    users: renderPoolerUsers(credentials),
  });
  const host = await inspect(
    pgbouncer.id,
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
  );
  address = { host, port: POOLER_PORT };
}, 300_000);
afterAll(() => scope.close(), 60_000);

/** Changes when the process, or its container, was started again. */
const startOf = (): Promise<string> =>
  inspect(pgbouncer.id, '{{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}');

const ask = (...parameters: readonly string[]): Promise<string> =>
  answerTo(address, startupPacket(parametersBody(...user, ...parameters)));

test('a client that asks for extra_float_digits may log in', async () => {
  expect(await ask('extra_float_digits', '2')).toMatch(/^R.*SCRAM-SHA-256/s);
});

test.each(['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'jit'])(
  'a client that asks for %s is refused, and told so',
  async (parameter) => {
    expect(await ask(parameter, '1')).toMatch(
      new RegExp(`^E.*unsupported startup parameter: ${parameter}`, 's'),
    );
  },
);

/** Packets that someone would write to break a parser. */
function hostilePackets(): readonly Buffer[] {
  const options = [
    '-c',
    '-c ',
    '-c=',
    '--=',
    '--',
    '-c search_path',
    '-c search_path=a\\',
    "-c search_path='",
    '-c "search_path=a',
    '-c statement_timeout=5s',
    '--search_path=%n%n%s',
    '-c '.repeat(1_000),
    `-c search_path=${'a'.repeat(6_000)}`,
    `-c search_path=${'a'.repeat(65_000)}`,
    '-d -f -x',
    '\u0001\u007f',
  ];
  const long = 'x'.repeat(1_000_000);
  const bodies = [
    ...options.map((value) => parametersBody(...user, 'options', value)),
    parametersBody(...user, 'options', Buffer.from([0xff, 0xfe, 0xc3])),
    parametersBody(...user, 'extra_float_digits', long),
    parametersBody(...user, 'extra_float_digits', ''),
    parametersBody(
      ...user,
      ...Array.from({ length: 500 }, () => ['extra_float_digits', '3']).flat(),
    ),
    parametersBody('user', long),
    parametersBody('user', name.repeat(40)),
    parametersBody('user', name, 'user', 'postgres', 'database', 'a', 'database', 'b'),
    parametersBody('database', 'spywatcher'),
    parametersBody('', ''),
    parametersBody(...user, 'replication', 'database'),
    parametersBody(...user, 'application_name', '%n%s%x'),
    Buffer.from(`user\0${name}`),
    Buffer.from(`user\0${name}\0`),
    Buffer.alloc(0),
    Buffer.alloc(10_000),
    Buffer.alloc(10_000, 0xff),
  ];
  const versions = [131_072, 196_610, 206_607, 262_144, 80_877_102, 80_877_103, 80_877_104];
  const lengths = [0, 1, 4, 7, -1, 2 ** 31 - 1].map((length) => {
    const packet = startupPacket(parametersBody(...user));
    packet.writeInt32BE(length, 0);
    return packet;
  });
  return [
    ...bodies.map((body) => startupPacket(body)),
    ...versions.map((version) => startupPacket(parametersBody(...user), version)),
    ...lengths,
  ];
}

/** Numbers that are the same in every run (a linear congruential generator). */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function randomPackets(): readonly Buffer[] {
  const random = numbers(1);
  const next = (below: number): number => Math.floor((random.next().value as number) * below);
  return Array.from({ length: RANDOM_PACKETS }, () =>
    startupPacket(Buffer.from(Array.from({ length: next(300) }, () => next(256)))),
  );
}

test('no start-up packet ends the process, or keeps others from logging in', async () => {
  const before = await startOf();
  const left = [...hostilePackets(), ...randomPackets()];
  const sender = async (): Promise<void> => {
    for (let packet = left.pop(); packet !== undefined; packet = left.pop())
      await answerTo(address, packet, HOSTILE_WITHIN_MS);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  expect(await ask()).toMatch(/^R.*SCRAM-SHA-256/s);
  expect(await pgbouncer.console('SHOW VERSION')).toHaveLength(1);
  expect(await startOf()).toBe(before);
}, 120_000);
