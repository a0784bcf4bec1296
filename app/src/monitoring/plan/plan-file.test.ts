import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openPlanFile } from './plan-file.ts';
import { plan } from '../testing/observations.ts';

const folder = mkdtempSync(join(tmpdir(), 'plan-file-'));
const path = join(folder, 'plan.json');
const logger = pino({ level: 'silent' });

beforeEach(() => writeFileSync(path, JSON.stringify(plan)));
afterAll(() => rmSync(folder, { recursive: true }));

test('a changed file is the new plan after a refresh; a half-written one is not', async () => {
  const file = await openPlanFile(path, logger);
  expect(file.plan).toEqual(plan);
  const text = JSON.stringify({ ...plan, warnPercent: 70 });
  writeFileSync(path, text.slice(0, 100));
  await file.refresh();
  expect(file.plan).toEqual(plan);
  writeFileSync(path, text);
  await file.refresh();
  expect(file.plan.warnPercent).toBe(70);
  rmSync(path);
  await file.refresh();
  expect(file.plan.warnPercent).toBe(70);
});

test('what is wrong with the file is said once, and again when it comes back', async () => {
  const said: string[] = [];
  const file = await openPlanFile(
    path,
    pino(
      { base: null, timestamp: false },
      { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) },
    ),
  );
  const refreshTwice = async () => {
    await file.refresh();
    await file.refresh();
    return said.splice(0);
  };
  const trouble = ['the planned limits cannot be read: the former ones stay'];
  rmSync(path);
  expect(await refreshTwice()).toEqual(trouble);
  writeFileSync(path, '{');
  expect(await refreshTwice()).toEqual(trouble);
  writeFileSync(path, JSON.stringify(plan));
  expect(await refreshTwice()).toEqual(['the planned limits can be read again']);
  rmSync(path);
  expect(await refreshTwice()).toEqual(trouble);
  writeFileSync(path, JSON.stringify({ ...plan, warnPercent: 70 }));
  expect(await refreshTwice()).toEqual(['the planned limits changed']);
});

test.each([
  ['is not there', undefined, /ENOENT/],
  ['is not JSON', '{', /JSON/],
  ['lacks a number', JSON.stringify({ ...plan, warnPercent: undefined }), /warnPercent/],
  ['holds an unknown key', JSON.stringify({ ...plan, more: 1 }), /more/],
])(
  'a first file that %s is refused by its variable and the reason',
  async (_what, text, reason) => {
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
    const refused = openPlanFile(path, logger);
    await expect(refused).rejects.toThrow(/MONITORING_PLAN_FILE/);
    await expect(refused).rejects.toThrow(reason);
  },
);
