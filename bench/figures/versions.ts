import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerOutput } from '../../e2e/docker.ts';
import { runImage } from '../../e2e/run-images.ts';
import { checkout } from '../../toolchain/places.mjs';

/** Packages that decide how fast an app is. */
const PACKAGES = [
  ...['express', 'fastify', '@prisma/client', 'pg', 'ioredis', 'helmet', 'express-rate-limit'],
  ...['rate-limit-redis', 'prom-client', 'pino-http'],
];

const SERVERS = {
  Postgres: ['postgres', ['postgres', '--version']],
  PgBouncer: ['pgbouncer', ['pgbouncer', '--version']],
  Redis: ['redis', ['redis-server', '--version']],
} as const;

/** Versions of what is measured, by its name. */
export async function readVersions(): Promise<Readonly<Record<string, string>>> {
  const lock = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const packages = PACKAGES.map(
    (name) => [name, lock.packages[`node_modules/${name}`]?.version ?? ''] as const,
  );
  const servers = await Promise.all(
    Object.entries(SERVERS).map(async ([name, [image, command]]) => {
      const isolated = ['--rm', '--network', 'none', '--entrypoint', command[0]];
      const said = await dockerOutput('run', ...isolated, await runImage(image), command[1]);
      return [name, /\d+(?:\.\d+)+/.exec(said)?.[0] ?? said] as const;
    }),
  );
  return Object.fromEntries([...servers, ...packages]);
}
