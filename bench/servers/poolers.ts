import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { logsOf } from '../../e2e/docker.ts';
import { hardened, writeFiles } from '../../e2e/image-set-up.ts';
import { runImageOf } from '../../e2e/run-images.ts';
import { until } from '../../e2e/until.ts';
import { POSTGRES_PORT } from '../../infra/settings/standard-names.ts';
import { addressOf, type BenchServers } from './bench-servers.ts';

const FOLDER = resolve(import.meta.dirname, '..', 'poolers');

const COMMANDS = {
  pgpool: [
    ...['pgpool', '-n', '-f', '/etc/pooler/pgpool.conf'],
    ...['-a', '/etc/pooler/pool_hba.conf'],
  ],
  haproxy: ['haproxy', '-db', '-f', '/etc/pooler/haproxy.cfg'],
} as const;

export type OtherPooler = keyof typeof COMMANDS;

/** pgpool-II and HAProxy, as Debian has them. */
export const poolersImage = (): Promise<string> =>
  runImageOf('poolers', () => Promise.resolve(FOLDER));

/**
 * Starts one of them, and waits for its port; clients reach it over TCP by its own name, on
 * Postgres' port.
 */
export async function openOtherPooler(
  { scope, network, credentials }: BenchServers,
  name: OtherPooler,
): Promise<string> {
  const { app } = credentials;
  const text = (file: string): string => readFileSync(resolve(FOLDER, file), 'utf8');
  const config = await writeFiles(scope, `config-of-${name}`, {
    'haproxy.cfg': text('haproxy.cfg'),
    'pgpool.conf': text('pgpool.conf'),
    'pool_hba.conf': text('pool_hba.conf'),
    pool_passwd: `${app.name}:TEXT${app.password}\n`,
  });
  const id = await scope.run(
    ...hardened,
    ...['--network', network, '--network-alias', name, '--tmpfs', '/tmp'],
    ...['--volume', `${config}:/etc/pooler:ro`, await poolersImage()],
    ...COMMANDS[name],
  );
  const address = await addressOf(id);
  await until(() => accepts(address), Boolean, {
    timeoutMs: 20_000,
    everyMs: 50,
    explain: () => logsOf(id),
  });
  return id;
}

async function accepts(host: string): Promise<boolean> {
  const socket = connect(POSTGRES_PORT, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
