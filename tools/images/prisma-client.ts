import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEntry } from '../../toolchain/entry.ts';
import { checkout } from '../../toolchain/places.mjs';
import { runProgram } from '../../toolchain/program.ts';

const app = join(checkout, 'app');
const prisma = join(checkout, 'node_modules', 'prisma');
const stamp = join(app, 'src', 'generated', '.made-from');

/**
 * Makes app/src/generated from the schema, unless what is there was made from the same schema by
 * the same Prisma.
 */
export async function generateClient(report: (line: string) => void): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(prisma, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const schema = readFileSync(join(app, 'prisma', 'schema.prisma'));
  const source = `${version} ${createHash('sha256').update(schema).digest('hex')}\n`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return;
  report('generating the Prisma client');
  await runProgram(process.execPath, [join(prisma, 'build', 'index.js'), 'generate'], {
    cwd: app,
    // Generating needs no engine, but the CLI would first download one; nor need it ask for
    // updates.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
  });
  writeFileSync(stamp, source);
}

if (isEntry(import.meta.filename))
  await generateClient((line) => process.stderr.write(`${line}\n`));
