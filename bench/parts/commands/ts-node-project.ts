import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ensureDependencies } from '../../../toolchain/dependencies.mjs';
import { checkout, toolsDirectory } from '../../../toolchain/places.mjs';

/** What the program is made of; of the app it takes types alone. */
const SOURCES = ['infra', 'pgbouncer', 'policy', 'app'];
const LEFT_OUT = ['node_modules', 'dist', 'generated', 'testing'];

/**
 * Makes a Pulumi project of the same program that runs through ts-node: as Pulumi runs TypeScript
 * by default, with types checked, in its mode for ES modules, for which a user installs ts-node 10.
 * @returns the project's folder, which is made again each time; its packages stay.
 */
export async function makeTsNodeProject(report: (line: string) => void): Promise<string> {
  const folder = join(toolsDirectory(), 'ts-node-peer');
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, 'ts-node'), folder, { recursive: true });
  await ensureDependencies({ folder, lockFile: `${folder}.lock`, report });
  for (const source of SOURCES) {
    rmSync(join(folder, source), { recursive: true, force: true });
    cpSync(join(checkout, source), join(folder, source), {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(basename(path)) && !path.endsWith('.test.ts'),
    });
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(compilerOptions(), null, 2));
  writeFileSync(join(folder, 'Pulumi.yaml'), stringify(pulumiProject()));
  return folder;
}

/** Our own options; only what ts-node writes out may not keep the endings of imports. */
function compilerOptions(): unknown {
  const { compilerOptions: own } = JSON.parse(
    readFileSync(join(checkout, 'tsconfig.json'), 'utf8'),
  ) as { readonly compilerOptions: Readonly<Record<string, unknown>> };
  return {
    compilerOptions: {
      ...own,
      noEmit: false,
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
    },
    include: ['infra'],
  };
}

function pulumiProject(): unknown {
  const own = parse(readFileSync(join(checkout, 'Pulumi.yaml'), 'utf8')) as object;
  return { ...own, runtime: 'nodejs' };
}
