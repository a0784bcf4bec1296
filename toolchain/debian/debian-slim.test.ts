import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { slim } from './debian-slim.ts';

let root: string;
const put = (path: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), 'something');
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slim-'));
  mkdirSync(join(root, 'etc'));
});
afterEach(() => void rmSync(root, { recursive: true }));

test('documentation, caches and lists go; licences, programs and package states stay', () => {
  const goes = [
    'usr/share/man/man1/ls.1.gz',
    'usr/share/locale/de/x.mo',
    'usr/share/doc/bash/README',
    'var/lib/apt/lists/mirror_InRelease',
    'var/cache/apt/archives/a.deb',
    'var/lib/dpkg/status-old',
  ];
  const stays = [
    'usr/share/doc/bash/copyright',
    'usr/share/locale/locale.alias',
    'usr/bin/ls',
    'var/lib/dpkg/status',
  ];
  [...goes, ...stays].forEach(put);
  slim(root);
  expect(goes.filter((path) => existsSync(join(root, path)))).toEqual([]);
  expect(stays.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('what names the machine it was made on is emptied', () => {
  const files = ['etc/resolv.conf', 'etc/hostname', 'etc/machine-id'];
  files.forEach(put);
  slim(root);
  expect(files.map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(['', '', '']);
});
