import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findProgram, runProgram, tryProgram } from './program.ts';

test('the answer has exit code and both outputs; lines were reported as they came', async () => {
  const lines: string[] = [];
  const result = await tryProgram('sh', ['-c', 'echo out; echo err >&2; exit 3'], {
    onLine: (line) => lines.push(line),
  });
  expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(lines.sort()).toEqual(['err', 'out']);
});

test('a failure is an error with the command line, the code and the last words', async () => {
  await expect(runProgram('sh', ['-c', 'echo no space left; exit 3'])).rejects.toThrow(
    '`sh -c echo no space left; exit 3` ended with 3.\nno space left',
  );
});

test('a program that does not exist, or is ended by its deadline, counts as failed', async () => {
  expect((await tryProgram('no-such-program', [])).code).toBeNull();
  expect((await tryProgram('sleep', ['30'], { timeoutMs: 50 })).code).toBeNull();
});

test('a SIGTERM of ours ends the program, and nothing goes on after it', async () => {
  const script = `
    const { tryProgram } = await import(${JSON.stringify(join(import.meta.dirname, 'program.ts'))});
    await tryProgram('sh', ['-c', 'echo up; exec sleep 30'], { onLine: console.log })
  .catch((error) => console.log(error.message));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (chunk.includes('up')) child.kill('SIGTERM');
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(output).toBe('up\ninterrupted by SIGTERM; running the command again goes on from here\n');
});

test('programs are found on PATH and in the system folders', () => {
  expect(findProgram('sh', { PATH: '/bin' })).toBe('/bin/sh');
  expect(findProgram('sh', { PATH: '' })).toBeUndefined();
});
