import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnginePreview } from '../../infra/report/plan-report.ts';
import { readEngineEvents } from './engine-events.ts';
import { POLICY_PACK, showPulumi, type Stack } from './stack.ts';

/** Runs `pulumi preview` in front of the user and answers with what the engine said to itself. */
export async function previewWithEngine(
  stack: Stack,
  output: 'stdout' | 'stderr',
): Promise<EnginePreview> {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-preview-'));
  const log = join(folder, 'events.jsonl');
  try {
    // The option is Pulumi's own, for its automation API; without the variable it is not offered.
    const env = { ...stack.env, PULUMI_DEBUG_COMMANDS: 'true' };
    const code = await showPulumi(
      { ...stack, env },
      ['preview', '--stack', stack.name, '--suppress-outputs', ...POLICY_PACK, '--event-log', log],
      output,
    );
    const engine = readEngineEvents(existsSync(log) ? readFileSync(log, 'utf8') : '');
    return code === 0 || engine.failures.length > 0
      ? engine
      : { ...engine, failures: [`pulumi preview ended with ${code}; why is in what it printed`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
