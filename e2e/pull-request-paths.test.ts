import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../toolchain/places.mjs';
import { runJob } from './workflow-run.ts';

let temp: string;

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'pull-request-'));
});
afterEach(() => rmSync(temp, { recursive: true }));

const plan = (stack: string) =>
  runJob({ workflow: 'preview.yml', job: 'plan', expressions: { 'matrix.stack': stack }, temp });

test.each(['dev', 'prod'])(
  'without a secret the report of %s is a file and the summary of the job',
  async (stack) => {
    const { steps, summary } = await plan(stack);
    expect(steps).toEqual([
      { name: 'Plan', exitCode: 0, stderr: '' },
      { name: 'Job summary', exitCode: 0, stderr: '' },
    ]);
    const report = readFileSync(join(temp, 'report.md'), 'utf8');
    expect(report).toMatch(new RegExp(`^## .*\`${stack}\``));
    for (const part of [
      'PgBouncer -> Postgres',
      '| query_wait_timeout (PgBouncer) |',
      '<details><summary>pgbouncer.ini</summary>',
      'pool_mode = transaction',
    ])
      expect(report).toContain(part);
    expect(summary).toBe(report);
  },
  60_000,
);

test('settings that do not fit fail the job, with the reasons in its summary', async () => {
  const stack = `test-fork-${process.pid}`;
  const file = join(checkout, `Pulumi.${stack}.yaml`);
  writeFileSync(
    file,
    'config:\n  spywatcher:target: docker\n  spywatcher:credentialsVersion: 1\n  ' +
      'spywatcher:app:\n    poolMax: 200\n',
  );
  try {
    const { steps, summary } = await plan(stack);
    expect(steps).toEqual([
      {
        name: 'Plan',
        exitCode: 2,
        stderr: expect.stringContaining(
          'Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.',
        ) as unknown,
      },
      { name: 'Job summary', exitCode: 0, stderr: '' },
    ]);
    for (const part of [
      'is refused',
      'Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.',
    ])
      expect(summary).toContain(part);
  } finally {
    rmSync(file);
  }
}, 60_000);
