import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  childrenOf,
  findRunning,
  readProcess,
  recordProcess,
  recordedNames,
  writeRecord,
} from './process-record.ts';

/** /proc tells of processes on Linux only, and so does the cluster run there only. */
const onLinux = process.platform === 'linux' ? test : test.skip;

let folder: string;
let child: ChildProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'process-record-'));
  // The kernel puts a program's name in brackets, and takes it as it is.
  const program = join(folder, 'a) S 1 (b');
  copyFileSync('/bin/sleep', program);
  child = spawn(program, ['60'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const pid = (): number => child.pid ?? 0;

onLinux('a process is known by its parent, whatever its name', () => {
  expect(readProcess(pid())?.parent).toBe(process.pid);
  expect(childrenOf(process.pid)).toContain(pid());
});

onLinux('a recorded process is found for as long as it runs', async () => {
  writeRecord(folder, 'sleeper', recordProcess(pid()));
  expect(recordedNames(folder)).toEqual(['sleeper']);
  expect(findRunning(folder, 'sleeper')?.pid).toBe(pid());
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(findRunning(folder, 'sleeper')).toBeUndefined();
  expect(recordedNames(folder)).toEqual(['sleeper']);
});

onLinux('another process that got the same id is not taken for it', () => {
  const record = recordProcess(pid());
  writeRecord(folder, 'earlier', { ...record, startTicks: record.startTicks - 1 });
  expect(findRunning(folder, 'earlier')).toBeUndefined();
});

onLinux('after a restart of the machine nothing counts as running', () => {
  writeRecord(folder, 'before', {
    ...recordProcess(pid()),
    bootId: '00000000-0000-0000-0000-000000000000',
  });
  expect(findRunning(folder, 'before')).toBeUndefined();
});

onLinux('a process that has ended cannot be recorded', async () => {
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(() => recordProcess(pid())).toThrow(`Process ${pid()} ended as soon as it was started.`);
});
