import { docker, dockerOutput, untilHealth, type DockerScope, type Ended } from './docker.ts';
import { hardened, quickProbe } from './image-set-up.ts';

/** The volumes of one server. */
export interface Storage {
  readonly data: string;
  readonly sockets: string;
}

/** Awkward on purpose: quotes, a backslash, a dollar sign. */
export const password = `it's "a\\canary" $HOME`;

/** Runs the image of a scope on volumes of that scope, under the restrictions of the stack. */
export class PostgresServers {
  readonly #scope: DockerScope;
  readonly #image: string;

  constructor(scope: DockerScope, image: string) {
    this.#scope = scope;
    this.#image = image;
  }

  async storage(purpose: string): Promise<Storage> {
    return {
      data: await this.#scope.volume(`${purpose}-data`),
      sockets: await this.#scope.volume(`${purpose}-sockets`),
    };
  }

  /** Starts a container, in PID and network namespaces of its own, and gives its id. */
  run(
    on: Storage,
    options: readonly string[] = [],
    command: readonly string[] = [],
  ): Promise<string> {
    return this.#scope.run(...this.#mounts(on), ...options, this.#image, ...command);
  }

  /** As `run`, and waits until the server is healthy. */
  async start(
    on: Storage,
    options: readonly string[] = [],
    command: readonly string[] = [],
  ): Promise<string> {
    const container = await this.run(on, options, command);
    await untilHealth(container, 'healthy');
    return container;
  }

  /** Starts a server that is expected to refuse, and gives how it ended. */
  refusal(on: Storage, ...options: readonly string[]): Promise<Ended> {
    return docker('run', ...this.#scope.labels, ...this.#mounts(on), ...options, this.#image);
  }

  /** The result of one statement as text, asked over the socket from inside the container. */
  ask(
    container: string,
    sql: string,
    { user = 'postgres', database = 'postgres' } = {},
  ): Promise<string> {
    const psql = ['psql', '-XwqAt', '-v', 'ON_ERROR_STOP=1', '-U', user, '-d', database, '-c', sql];
    return dockerOutput('exec', '--env', `PGPASSWORD=${password}`, container, ...psql);
  }

  #mounts({ data, sockets }: Storage): readonly string[] {
    return [
      ...hardened,
      ...quickProbe,
      '--volume',
      `${data}:/var/lib/postgresql/data`,
      '--volume',
      `${sockets}:/run/postgresql`,
    ];
  }
}
