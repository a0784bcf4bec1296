import { join } from 'node:path';
import { bootstrapDebian } from './debian-bootstrap.ts';
import { installPackages } from './debian-packages.ts';
import type { DockerEngine } from '../docker/docker-engine.ts';
import { withLock } from '../lock.mjs';
import { toolsDirectory } from '../places.mjs';
import { findProgram, lastLines, runProgram, tryProgram } from '../program.ts';
import type { Report, StepOutcome } from '../progress.ts';

export const BASE_IMAGE = 'debian:trixie-slim';
const RELEASE = 'trixie';
/**
 * Without a registry in reach the daemon may try for minutes; with one, the first line comes after
 * a second.
 */
const FIRST_LINE_MS = 8_000;
const PULL_MS = 300_000;

interface BaseImageOptions {
  readonly engine: DockerEngine;
  readonly report: Report;
  readonly signal?: AbortSignal;
  /** The image's name; another than Debian's own is bootstrapped without a try to pull it. */
  readonly tag?: string;
}

/**
 * The image that every Dockerfile begins with: present already, else pulled, else bootstrapped from
 * Debian's packages and imported.
 */
export async function ensureBaseImage({
  engine,
  report,
  signal,
  tag = BASE_IMAGE,
}: BaseImageOptions): Promise<StepOutcome> {
  const docker = new Docker(engine, await ensureCommand(report), signal);
  if (await docker.hasImage(tag)) return 'ready';
  return withLock(
    join(toolsDirectory(), 'base-image.lock'),
    report,
    async (): Promise<StepOutcome> => {
      if (await docker.hasImage(tag)) return 'ready';
      if (tag === BASE_IMAGE && (await docker.pull(tag, report))) return 'done';
      refuseForeignEngine(engine);
      const folder = join(toolsDirectory(), 'base-image.unfinished');
      const archive = await bootstrapDebian({
        release: RELEASE,
        folder,
        report,
        tag,
        ...(signal && { signal }),
      });
      report(`importing it as ${tag}`);
      await docker.import(archive.file, tag);
      archive.remove();
      return 'done';
    },
  );
}

class Docker {
  readonly #command: string;
  readonly #options: { env: NodeJS.ProcessEnv; signal?: AbortSignal };

  constructor(engine: DockerEngine, command: string, signal?: AbortSignal) {
    this.#command = command;
    this.#options = {
      env: { ...process.env, DOCKER_HOST: engine.host },
      ...(signal && { signal }),
    };
  }

  async hasImage(tag: string): Promise<boolean> {
    return (
      (
        await tryProgram(
          this.#command,
          ['image', 'inspect', '--format', '{{.Id}}', tag],
          this.#options,
        )
      ).code === 0
    );
  }

  /** Whether it came. No registry in reach is an answer, not an error. */
  async pull(tag: string, report: Report): Promise<boolean> {
    report(`pulling ${tag}`);
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), FIRST_LINE_MS);
    const signal = AbortSignal.any([
      silence.signal,
      ...(this.#options.signal ? [this.#options.signal] : []),
    ]);
    const onLine = (line: string): void => {
      clearTimeout(timer);
      report(line);
    };
    const { code, stderr } = await tryProgram(this.#command, ['pull', tag], {
      ...this.#options,
      signal,
      timeoutMs: PULL_MS,
      onLine,
    });
    clearTimeout(timer);
    this.#options.signal?.throwIfAborted();
    if (code !== 0)
      report(
        `${tag} cannot be pulled here (${lastLines(stderr, 1)}); making it from Debian's packages`,
      );
    return code === 0;
  }

  async import(archive: string, tag: string): Promise<void> {
    const changes = [
      'CMD ["bash"]',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LABEL spywatcher.made-by="npm run tools: debootstrap"',
    ];
    await runProgram(
      this.#command,
      ['import', ...changes.flatMap((change) => ['--change', change]), archive, tag],
      this.#options,
    );
  }
}

async function ensureCommand(report: Report): Promise<string> {
  const found = findProgram('docker');
  if (found !== undefined) return found;
  await installPackages({
    packages: ['docker.io'],
    whereKnown: ['docker-cli'],
    purpose: 'the docker command',
    report,
  });
  return 'docker';
}

/** debootstrap makes an image for this machine's CPU. */
function refuseForeignEngine({ host, architecture }: DockerEngine): void {
  const own = process.arch === 'x64' ? 'amd64' : process.arch;
  if (process.platform === 'linux' && architecture === own) return;
  throw new Error(
    `${BASE_IMAGE} cannot be pulled by the engine at ${host} (${architecture}), and can be ` +
      `made only on Linux for the same CPU; this is ${process.platform} ${own}. Load it there ` +
      'with `docker load`, or give that engine a registry mirror.',
  );
}
