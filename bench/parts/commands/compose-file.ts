import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A container as the program asks the Docker provider for it: what is read here. */
interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly envs?: readonly string[];
  readonly user?: string;
  readonly readOnly?: boolean;
  readonly memory?: number;
  readonly cpus?: string;
  readonly shmSize?: number;
  readonly init?: boolean;
  readonly restart?: string;
  readonly stopSignal: string;
  readonly stopTimeout: number;
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly ulimits?: readonly { readonly soft: number; readonly hard: number }[];
  readonly mounts: readonly {
    readonly source: string;
    readonly target: string;
    readonly readOnly?: boolean;
  }[];
  readonly networksAdvanced?: readonly {
    readonly name: string;
    readonly aliases: readonly string[];
  }[];
  readonly ports?: readonly { readonly internal: number; readonly external: number }[];
  readonly healthcheck?: { readonly tests: readonly string[] };
  readonly uploads?: readonly { readonly file: string; readonly content: unknown }[];
}

/** What a secret is on the wire between a program and the engine. */
interface Secret {
  readonly value: string;
}

/**
 * Waits as people write them: Postgres, then the pooler, then the migrations, then the app. The
 * other containers of our program are its own: they bring files, and reload a pooler that runs.
 */
const SERVICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgres: {},
  redis: {},
  pgbouncer: { postgres: 'service_healthy' },
  migrate: { postgres: 'service_healthy', pgbouncer: 'service_healthy' },
  app: { migrate: 'service_completed_successfully', redis: 'service_healthy' },
};

/** The pace of health checks: quicker than in Docker's documentation, which has 10 s. */
const HEALTH = { interval: '5s', timeout: '5s', retries: 5 };

/**
 * Writes a Compose file for the same containers: images, commands, limits, files, networks.
 * @param containers inputs of our program's containers by their name in the program.
 * @param folder gets the file and what it mounts.
 * @returns the file's path.
 */
export function writeComposeFile(
  folder: string,
  containers: ReadonlyMap<string, unknown>,
  images: Readonly<Record<string, string>>,
): string {
  const all = [...containers].map(([name, inputs]) => [name, inputs as Container] as const);
  const files = new Map(all.flatMap(([name, one]) => writeFiles(join(folder, name), one)));
  const used = all.filter(([name]) => name in SERVICES);
  const services = used.map(([name, container]) => [
    name,
    { ...describeService(name, container, files), image: images[name] ?? images['app'] },
  ]);
  const volumes = used.flatMap(([, { mounts }]) =>
    mounts.flatMap(({ source }) => (files.has(source) ? [] : [[source, {}] as const])),
  );
  const networks = used.flatMap(([, { networksAdvanced = [] }]) =>
    networksAdvanced.map(({ name }) => [name, { internal: name.endsWith('-internal') }] as const),
  );
  const path = join(folder, 'docker-compose.json');
  writeFileSync(
    path,
    JSON.stringify({
      services: Object.fromEntries(services) as unknown,
      volumes: Object.fromEntries(volumes) as unknown,
      networks: Object.fromEntries(networks) as unknown,
    }),
  );
  return path;
}

/** Writes what a container brings into a volume; returns the folder by the volume's name. */
function writeFiles(folder: string, { uploads = [], mounts }: Container): [string, string][] {
  const [mount] = mounts;
  if (mount === undefined || uploads.length === 0) return [];
  mkdirSync(folder, { recursive: true });
  for (const { file, content } of uploads)
    writeFileSync(
      join(folder, file.slice(mount.target.length)),
      typeof content === 'string' ? content : (content as Secret).value,
    );
  return [[mount.source, folder]];
}

function describeService(
  name: string,
  container: Container,
  files: ReadonlyMap<string, string>,
): object {
  const { memory, networksAdvanced = [], ulimits: [openFiles] = [], healthcheck } = container;
  const { tmpfs = {}, ports = [] } = container;
  return {
    command: container.command,
    environment: container.envs,
    user: container.user,
    read_only: container.readOnly,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: `${memory ?? 0}m`,
    memswap_limit: `${memory ?? 0}m`,
    cpus: container.cpus,
    shm_size: container.shmSize === undefined ? undefined : `${container.shmSize}m`,
    ulimits: openFiles && { nofile: { soft: openFiles.soft, hard: openFiles.hard } },
    init: container.init,
    restart: container.restart,
    stop_signal: container.stopSignal,
    stop_grace_period: `${container.stopTimeout}s`,
    tmpfs: Object.entries(tmpfs).map(([path, options]) => `${path}:${options}`),
    volumes: container.mounts.map(({ source, target, readOnly }) => ({
      type: files.has(source) ? 'bind' : 'volume',
      source: files.get(source) ?? source,
      target,
      read_only: readOnly,
    })),
    ...(networksAdvanced.length === 0
      ? { network_mode: 'none' }
      : {
          networks: Object.fromEntries(
            networksAdvanced.map(({ name: network, aliases }) => [network, { aliases }]),
          ) as unknown,
        }),
    ports: ports.map(({ internal, external }) => `127.0.0.1:${external}:${internal}`),
    healthcheck: healthcheck && { test: healthcheck.tests, ...HEALTH },
    depends_on: Object.fromEntries(
      Object.entries(SERVICES[name] ?? {}).map(([other, condition]) => [other, { condition }]),
    ) as unknown,
  };
}
