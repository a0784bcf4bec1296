import { type ChildProcess, spawn } from 'node:child_process';
import { expect } from '@jest/globals';
import { dockerOutput } from '../docker.ts';
import { recordDeaths } from '../docker-events.ts';
import type { TestStack } from '../test-stack.ts';

const SERVERS = ['app', 'pgbouncer', 'postgres', 'redis'];

/** Records how the containers of a stack end, which nobody can ask once they are removed. */
export class EndRecorder {
  readonly #stack: TestStack;
  readonly #recorder: ReturnType<typeof recordDeaths>;
  readonly #logs: ChildProcess[] = [];
  #postgresLog = '';

  constructor(stack: TestStack) {
    this.#stack = stack;
    this.#recorder = recordDeaths(`stack=${stack.name}`);
  }

  /** Keeps what Postgres logs from now on, until its container is replaced. */
  followPostgresLog(): void {
    const child = spawn('docker', ['logs', '--follow', this.#stack.containerName('postgres')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#postgresLog += text));
    this.#logs.push(child);
  }

  /**
   * Expects Postgres to have shut down by itself, every server to have ended, and no container to
   * have failed.
   */
  expectOrderlyEnd(): void {
    expect(this.#postgresLog).toContain('received fast shutdown request');
    expect(this.#postgresLog).toContain('database system is shut down');
    const servers = SERVERS.map((server) => this.#stack.containerName(server));
    const ended = this.#recorder.deaths.filter(({ name }) => servers.includes(name));
    expect(new Set(ended.map(({ name }) => name))).toEqual(new Set(servers));
    expect(this.#recorder.deaths.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  }

  stop(): void {
    this.#recorder.stop();
    for (const child of this.#logs) child.kill();
  }
}

/** Expects no container, volume, network or image of the stack. */
export async function expectNothingLeft(stack: TestStack): Promise<void> {
  expect(await stack.containers()).toEqual(new Map());
  const ours = ['--quiet', '--filter', `label=stack=${stack.name}`];
  const images = ['--quiet', '--filter', `reference=spywatcher-${stack.name}/*`];
  expect([
    await dockerOutput('volume', 'ls', ...ours),
    await dockerOutput('network', 'ls', ...ours),
    await dockerOutput('images', ...images),
  ]).toEqual(['', '', '']);
}
