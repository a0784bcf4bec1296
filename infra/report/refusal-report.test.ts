import { expect, test } from '@jest/globals';
import { planEnvironment } from '../plan/plan.ts';
import { PlanRefused } from '../settings/fault.ts';
import { checkSettings } from '../settings/check-settings.ts';
import { renderRefusalMarkdown } from './refusal-report.ts';

function refusedMarkdown(raw: Readonly<Record<string, unknown>>, environment: string): string {
  try {
    planEnvironment(
      checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, environment),
    );
  } catch (error) {
    if (error instanceof PlanRefused)
      return renderRefusalMarkdown({ environment, refused: error.faults });
    throw error;
  }
  throw new Error('nothing was refused');
}

test('a text from the settings is shown as code: it is no mark-up, and mentions nobody', () => {
  const text = refusedMarkdown(
    { images: { app: 'a | `b` <details> @team #1' }, pooler: { settings: { 'a`b\n## c': 1 } } },
    'x`<b>',
  );
  expect(text).toContain('## The plan of ``x`<b>`` is refused\n');
  expect(text).toContain('- `images.app`: got ``"a | `b` <details> @team #1"``; allowed: an image');
  expect(text).toContain('- ``pooler.settings.a`b ## c``: got `1`; allowed:');
});
