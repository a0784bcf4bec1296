import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { engineCpu, runImageOf } from '../../e2e/run-images.ts';
import { ensureNode } from '../../toolchain/node.mjs';
import { checkout } from '../../toolchain/places.mjs';
import { makeReadable } from '../../toolchain/readable-folder.ts';
import { linkDifferent } from '../../tools/images/linked-file.ts';
import { packageClosure, type LockedPackages } from './package-closure.ts';

const PLAIN_APP = resolve(import.meta.dirname, '..', 'plain-app');
/** Below node_modules no tool takes the sources there for ours. */
const CONTEXT = join(checkout, 'node_modules', '.cache', 'bench-plain-app');
const DIST = join(CONTEXT, 'dist');
const isTest = (path: string): boolean => /(\.test\.ts|\/testing|\/golden)$/.test(path);

/** Our app from its sources and its packages, as `npm ci --omit=dev` would lay them out. */
export const plainImage = (report: (line: string) => void): Promise<string> =>
  runImageOf('plain-app', async () => {
    const node = await ensureNode({ os: 'linux', cpu: await engineCpu(), report });
    rmSync(CONTEXT, { recursive: true, force: true });
    cpSync(PLAIN_APP, CONTEXT, { recursive: true });
    mkdirSync(DIST, { recursive: true });
    linkDifferent(node, join(DIST, 'node'));
    for (const part of ['app/src', 'pgbouncer'])
      cpSync(join(checkout, part), join(DIST, part), {
        recursive: true,
        filter: (path) => !isTest(path),
      });
    cpSync(join(checkout, 'app', 'healthcheck.sh'), join(DIST, 'healthcheck.sh'));
    writeFileSync(join(DIST, 'package.json'), '{ "type": "module" }\n');
    const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
      readonly packages: LockedPackages;
    };
    const inner = /\/node_modules$/;
    for (const folder of packageClosure(packages, await packagesOfApp()))
      cpSync(join(checkout, folder), join(DIST, folder), {
        recursive: true,
        filter: (path) => !inner.test(path),
      });
    makeReadable(DIST, ['node']);
    return CONTEXT;
  });

/** Packages that the app's bundle takes in, from what its sources import. */
async function packagesOfApp(): Promise<readonly string[]> {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: checkout,
    entryPoints: ['app/src/main.ts', 'app/src/migrate.ts'],
    outdir: DIST,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external === true).map(({ path }) => path),
  );
  const names = imported
    .filter((path) => !path.startsWith('node:') && !builtinModules.includes(path))
    .map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)].sort();
}
