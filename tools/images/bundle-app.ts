// Makes app/dist, the whole build context of the app's image. `--cpu x64|arm64` names the engine's
// processor.
import type { BuildOptions } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleDashboard } from './bundle-dashboard.ts';
import { isEntry } from '../../toolchain/entry.ts';
import { withLock } from '../../toolchain/lock.mjs';
import { ensureNode } from '../../toolchain/node.mjs';
import { checkout, toolsDirectory } from '../../toolchain/places.mjs';
import { linkDifferent } from './linked-file.ts';
import { NODE_BUNDLE } from './node-bundle.ts';
import { generateClient } from './prisma-client.ts';
import { makeReadable } from '../../toolchain/readable-folder.ts';

type Cpu = 'x64' | 'arm64';
type Report = (line: string) => void;

const app = join(checkout, 'app');
const dist = join(app, 'dist');
/** The app compares a running PgBouncer with its plan by code from here. */
const pgbouncer = join(checkout, 'pgbouncer');
const migrations = join(app, 'prisma', 'migrations');

/** Says from which sources app/dist was made; not part of the image. */
const STAMP = '.made-from';

const BUNDLE: BuildOptions = {
  absWorkingDir: checkout,
  entryPoints: { main: 'app/src/main.ts', migrate: 'app/src/migrate.ts' },
  outdir: dist,
  ...NODE_BUNDLE,
  target: 'node24',
  write: false,
};

/**
 * Brings app/dist up to date for an engine of this processor and gives its path. The same sources
 * give the same bytes, and a file that is right is left alone, so an unchanged context stays the
 * same to the image builder.
 */
export async function bundleApp({
  cpu,
  report,
}: {
  readonly cpu: Cpu;
  readonly report: Report;
}): Promise<string> {
  const node = await ensureNode({ os: 'linux', cpu, report });
  // Two runs at a time would hand half-written files to an image builder.
  return withLock(join(toolsDirectory(), 'bundle-app.lock'), report, async () => {
    await generateClient(report);
    await bundleDashboard(report);
    mkdirSync(dist, { recursive: true });
    linkDifferent(node, join(dist, 'node'));
    await bringUpToDate();
    makeReadable(dist, ['node']);
    return dist;
  });
}

/** Everything in app/dist but Node. */
async function bringUpToDate(): Promise<void> {
  const sources = digestSources();
  const stamp = join(dist, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  const wanted = await makeFiles();
  // Whole, so that no empty folder stays of a migration that is gone: the one-shot would miss its
  // file.
  rmSync(join(dist, 'migrations'), { recursive: true, force: true });
  for (const file of filesBelow(dist))
    if (file !== 'node' && !wanted.has(file)) rmSync(join(dist, file));
  for (const [file, contents] of wanted) writeDifferent(join(dist, file), contents);
  writeFileSync(stamp, sources);
}

/** Everything in app/dist but Node, by path. */
async function makeFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const { build } = await import('esbuild');
  const { outputFiles = [] } = await build(BUNDLE);
  return new Map([
    ...outputFiles.map(
      ({ path, contents }) => [relative(dist, path), Buffer.from(contents)] as const,
    ),
    ...filesBelow(migrations).map(
      (file) => [join('migrations', file), readFileSync(join(migrations, file))] as const,
    ),
    ['healthcheck.sh', readFileSync(join(app, 'healthcheck.sh'))],
    ['package.json', Buffer.from('{ "type": "module" }\n')],
  ]);
}

/** Of all that decides what `makeFiles` makes; the lock file stands for the packages. */
function digestSources(): string {
  const hash = createHash('sha256');
  const files = [
    ...filesBelow(join(app, 'src')).map((file) => join(app, 'src', file)),
    ...filesBelow(pgbouncer).map((file) => join(pgbouncer, file)),
    ...filesBelow(migrations).map((file) => join(migrations, file)),
    join(app, 'healthcheck.sh'),
    join(checkout, 'package-lock.json'),
    import.meta.filename,
  ];
  for (const file of files) {
    const contents = readFileSync(file);
    hash.update(`${relative(checkout, file)} ${contents.length}\n`).update(contents);
  }
  return `${hash.digest('hex')}\n`;
}

function writeDifferent(path: string, contents: Buffer): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

if (isEntry(import.meta.filename)) {
  const { values } = parseArgs({ options: { cpu: { type: 'string', default: process.arch } } });
  if (values.cpu !== 'x64' && values.cpu !== 'arm64') {
    process.stderr.write(
      `--cpu: got ${values.cpu}; allowed: x64, arm64. Name the processor of the Docker Engine.\n`,
    );
    process.exit(2);
  }
  await bundleApp({ cpu: values.cpu, report: (line) => process.stderr.write(`${line}\n`) });
}
