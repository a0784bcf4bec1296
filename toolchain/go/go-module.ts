import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withLock } from '../lock.mjs';
import { findProgram, lastLines, tryProgram } from '../program.ts';

export interface GoBuild {
  /** Folder of the go.mod. */
  readonly module: string;
  /** What to compile: a package of the module, or of one that its go.sum pins. */
  readonly packagePath: string;
  readonly tags?: readonly string[];
  /** Values that the linker sets, by the variable's full name. */
  readonly values?: Readonly<Record<string, string>>;
  /** A file, relative to `module`, that `go generate` has to make first; no part of the sources. */
  readonly generated?: string;
  /** Absolute path of the binary to make. */
  readonly output: string;
  readonly report: (line: string) => void;
  /** Ends the build; it then counts as failed. */
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Brings the binary up to date with the module's files, its go.sum among them, and returns its
 * path. An interrupted build leaves nothing under that path that looks finished. Throws when Go is
 * missing or too old, or when a build fails.
 */
export async function buildGoModule(build: GoBuild): Promise<string> {
  const { output, report } = build;
  const key = buildKey(build);
  if (isUpToDate(output, key)) return output;
  mkdirSync(dirname(output), { recursive: true });
  await withLock(`${output}.lock`, report, async () => {
    // Another process may just have finished the same work.
    if (!isUpToDate(output, key)) await compile(build, key);
  });
  return output;
}

/** Changes with everything that decides what the binary does, and with nothing else. */
export function buildKey({
  module,
  packagePath,
  tags = [],
  values = {},
  generated,
}: GoBuild): string {
  const files = readdirSync(module, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(module, join(entry.parentPath, entry.name)))
    .filter((file) => file !== generated)
    .sort();
  const contents = files.map((file) => [
    file,
    createHash('sha256')
      .update(readFileSync(join(module, file)))
      .digest('hex'),
  ]);
  return createHash('sha256')
    .update(
      JSON.stringify([
        process.platform,
        process.arch,
        packagePath,
        tags,
        Object.entries(values),
        contents,
      ]),
    )
    .digest('hex');
}

const keyFile = (output: string): string => `${output}.key`;

function isUpToDate(output: string, key: string): boolean {
  return (
    existsSync(output) &&
    existsSync(keyFile(output)) &&
    readFileSync(keyFile(output), 'utf8') === key
  );
}

async function compile(build: GoBuild, key: string): Promise<void> {
  const { packagePath, tags = [], values = {}, generated, output } = build;
  const go = await findGo(build);
  if (generated !== undefined) await runGo(build, go, ['generate', './...']);
  const unfinished = `${output}.unfinished`;
  const linkerFlags = [
    '-s',
    '-w',
    ...Object.entries(values).map(([name, value]) => `-X ${name}=${value}`),
  ].join(' ');
  await runGo(build, go, [
    'build',
    '-v',
    '-tags',
    tags.join(','),
    '-ldflags',
    linkerFlags,
    '-o',
    unfinished,
    packagePath,
  ]);
  // The old key goes first and the new one comes last: at no moment does a key vouch for another
  // binary.
  rmSync(keyFile(output), { force: true });
  renameSync(unfinished, output);
  writeFileSync(keyFile(output), key);
}

async function findGo(build: GoBuild): Promise<string> {
  const { module, env = process.env } = build;
  const wanted = /^go (\S+)$/m.exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1] ?? '1.0';
  const remedy =
    `Install Go ${wanted} or newer (https://go.dev/dl), put it first on PATH, and run the same ` +
    'command again.';
  const go = findProgram('go', env);
  if (go === undefined)
    throw new Error(
      `${build.output} has to be built with Go, and there is no \`go\` on PATH. ${remedy}`,
    );
  // Where go.mod lies: from 1.21 on, Go there takes a newer toolchain from the module proxy by
  // itself, unless GOTOOLCHAIN says not to.
  const { code, stdout, stderr } = await tryProgram(go, ['version'], { cwd: module, env });
  const found = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1];
  if (code !== 0 || found === undefined || !isAtLeast(found, wanted)) {
    throw new Error(
      `${build.output} has to be built with Go ${wanted} or newer; ${go} says: ` +
        `${(stdout + stderr).trim()}. ${remedy}`,
    );
  }
  return go;
}

function isAtLeast(found: string, wanted: string): boolean {
  return found.localeCompare(wanted, 'en', { numeric: true }) >= 0;
}

async function runGo(
  { module, report, signal, env = process.env }: GoBuild,
  go: string,
  args: readonly string[],
): Promise<void> {
  // These keep the machine out of the build and of the binary: no C compiler or headers, no paths,
  // no state of the checkout.
  const flags = `${env.GOFLAGS ?? ''} -trimpath -buildvcs=false`.trim();
  const { code, stdout, stderr } = await tryProgram(go, args, {
    cwd: module,
    env: { ...env, CGO_ENABLED: '0', GOFLAGS: flags },
    onLine: report,
    ...(signal && { signal }),
  });
  if (code === 0) return;
  // A lone package path is progress, no reason.
  const reasons = `${stdout}\n${stderr}`.split('\n').filter((line) => /\s/.test(line.trim()));
  const how = code === null ? 'was ended before it was done' : `ended with ${code}`;
  throw new Error(
    `\`go ${args[0] ?? ''}\` in ${module} ${how}:\n${lastLines(reasons.join('\n'), 15)}`,
  );
}
