import { expect, test } from '@jest/globals';
import { cpuFileOf, memoryFileOf, readCpuMs, readMemoryMiB } from './control-group.ts';

test('version 1 has a folder for each controller, or for some together', () => {
  const alone = '4:memory:/docker/abc\n2:cpuacct:/docker/abc\n1:cpu:/docker/abc\n0::/docker/abc\n';
  expect(cpuFileOf(alone)).toBe('cpuacct/docker/abc/cpuacct.usage');
  expect(memoryFileOf(alone)).toBe('memory/docker/abc/memory.stat');
  expect(cpuFileOf('3:cpu,cpuacct:/docker/abc\n')).toBe('cpu,cpuacct/docker/abc/cpuacct.usage');
});

test('version 2 has one folder', () => {
  const groups = '0::/system.slice/docker-abc.scope\n';
  expect(cpuFileOf(groups)).toBe('system.slice/docker-abc.scope/cpu.stat');
  expect(memoryFileOf(groups)).toBe('system.slice/docker-abc.scope/memory.stat');
});

test('without a group that counts, the text is shown', () => {
  expect(() => cpuFileOf('4:memory:/docker/abc\n')).toThrow('4:memory');
});

test('nanoseconds of version 1 and microseconds of version 2 are milliseconds', () => {
  expect(readCpuMs('1234000000\n')).toBe(1_234);
  expect(readCpuMs('usage_usec 1234000\nuser_usec 1\n')).toBe(1_234);
});

test('memory is what is no cache of files, in both versions', () => {
  expect(readMemoryMiB('cache 9\nrss 1\ntotal_cache 99\ntotal_rss 2097152\n')).toBe(2);
  expect(readMemoryMiB('anon 3145728\nfile 99\n')).toBe(3);
});
