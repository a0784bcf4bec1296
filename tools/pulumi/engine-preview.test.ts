import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EnginePreview } from '../../infra/report/plan-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-preview-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const change = JSON.stringify({
  resourcePreEvent: {
    metadata: {
      op: 'create',
      urn: 'urn:pulumi:dev::p::docker:index/container:Container::app',
      type: 'docker:index/container:Container',
    },
  },
});
const failure = JSON.stringify({
  diagnosticEvent: { severity: 'error', message: 'no such image' },
});

/**
 * Runs the preview of a `pulumi` that prints its arguments, writes these events and ends with this
 * code.
 */
function previewBy({
  events,
  code,
  output,
}: {
  readonly events: readonly string[];
  readonly code: number;
  readonly output: 'stdout' | 'stderr';
}) {
  const pulumi = join(folder, 'pulumi');
  const writing = events.map((event) => `echo '${event}' >>"$log"`).join('\n');
  writeFileSync(
    pulumi,
    '#!/bin/sh\n' +
      'echo "$PULUMI_DEBUG_COMMANDS $*"\n' +
      'for log; do :; done\n' +
      `echo "$log" >${folder}/log-name\n` +
      `${writing}\n` +
      `exit ${code}\n`,
  );
  chmodSync(pulumi, 0o755);
  const stack = { name: 'dev', pulumi, env: { PATH: process.env['PATH'] } };
  const script = `
    import { writeFileSync } from 'node:fs';
    import { previewWithEngine } from '${join(import.meta.dirname, 'engine-preview.ts')}';
    const preview = await previewWithEngine(${JSON.stringify(stack)}, '${output}');
    writeFileSync('${folder}/preview', JSON.stringify(preview));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', script],
    { encoding: 'utf8' },
  );
  return {
    preview: JSON.parse(readFileSync(join(folder, 'preview'), 'utf8')) as EnginePreview,
    stdout,
    stderr,
    log: readFileSync(join(folder, 'log-name'), 'utf8').trim(),
  };
}

test('what the engine says to itself comes back, and its log is gone afterwards', () => {
  const { preview, stdout, stderr, log } = previewBy({
    events: [change],
    code: 0,
    output: 'stdout',
  });
  expect(preview).toEqual({
    changes: [
      {
        operation: 'create',
        type: 'docker:index/container:Container',
        name: 'app',
        paths: [],
        isKept: false,
      },
    ],
    failures: [],
  });
  expect(stdout).toMatch(
    /^true preview --stack dev --suppress-outputs --policy-pack policy --event-log \//,
  );
  expect(stderr).toBe('');
  expect([log === '', existsSync(log)]).toEqual([false, false]);
});

test('stdout can be left to data', () => {
  const { stdout, stderr } = previewBy({ events: [change], code: 0, output: 'stderr' });
  expect([stdout, stderr.startsWith('true preview')]).toEqual(['', true]);
});

test('an engine that fails is told by its own words', () => {
  expect(
    previewBy({ events: [change, failure], code: 255, output: 'stdout' }).preview.failures,
  ).toEqual(['no such image']);
});

test('an engine that fails without a word is told by its exit code, and where to look', () => {
  expect(previewBy({ events: [], code: 255, output: 'stdout' }).preview).toEqual({
    changes: [],
    failures: ['pulumi preview ended with 255; why is in what it printed'],
  });
});
