import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { deriveCredentials } from '../../infra/credentials.ts';
import { checkout } from '../../toolchain/places.mjs';
import { codeBlocks, readPages } from './testing/pages.ts';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in the checkout; the commands that need an engine are run by the end-to-end tests. */
function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const child = spawn(process.execPath, args, { cwd: checkout, env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve, reject) =>
    child.once('error', reject).once('close', (code) => resolve({ code, ...output })),
  );
}

const pages = readPages();
const pageOf = (name: string): string => pages.find(({ path }) => path === name)?.text ?? '';

const OPEN_ENDED_MS = 60_000;

test(
  'npm run plan needs neither engine nor secret',
  async () => {
    const { code, stdout } = await runNode([join('tools', 'commands', 'plan.ts'), 'dev']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Plan of dev on /);
  },
  OPEN_ENDED_MS,
);

test('the command in docs/operations.md prints the password of the superuser', async () => {
  const [script = ''] = codeBlocks(pageOf('docs/operations.md'), ['sh']).flatMap((block) => [
    ...(/ -e '([^']+)'/.exec(block)?.slice(1) ?? []),
  ]);
  const rootSecret = 'an example of a root secret, which is no secret';
  const { stdout, stderr } = await runNode(['--input-type=module', '-e', script], {
    ROOT_SECRET: rootSecret,
  });
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe(deriveCredentials({ rootSecret, version: 1 }).superuser.password);
});

test('run.mjs --help lists the commands', async () => {
  const { code, stdout } = await runNode([join('tools', 'run.mjs'), '--help']);
  expect(code).toBe(0);
  for (const name of ['up', 'plan', 'check'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});
