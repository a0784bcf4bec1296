import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPinned } from '../infra/settings/images.ts';
import { renderFault } from '../pgbouncer/fault.ts';
import { showValue } from '../pgbouncer/plain-text.ts';
import { showValue as showInPolicy } from '../policy/props.ts';
import { renderViolation } from '../policy/rule.ts';
import { isPinned as isPinnedForPolicy } from '../policy/rules/pinned-image.ts';

// The policy pack is offered to other projects, so it imports nothing of ours and states these
// three again.

test('a violation shows a value as a refused setting does: escaped, and cut at one length', () => {
  const odd = fc.string({ unit: fc.constantFrom('a', '\n', '\u0085', '\u2028', '\u2029', 'é') });
  fc.assert(
    fc.property(fc.oneof(odd, fc.jsonValue(), fc.constant(undefined)), (value) => {
      expect(showInPolicy(value)).toBe(showValue(value));
    }),
  );
  expect(showInPolicy('x'.repeat(200))).toBe(showValue('x'.repeat(200)));
});

test('a violation is worded as a refused setting, behind the name of its resource', () => {
  const words = { got: '1', allowed: '2', remedy: 'Set 2.' };
  expect(renderViolation('app', { at: 'memory', ...words })).toBe(
    `app: ${renderFault({ key: 'memory', ...words })}`,
  );
});

test('the pack and the settings call the same image references pinned', () => {
  const name = fc.constantFrom('app', 'registry.example/team/app', 'localhost:5000/app');
  const tag = fc.constantFrom('', ':latest', ':1', ':1.4.0', ':PR-17_RC.1');
  const digest = fc.constantFrom('', `@sha256:${'0a'.repeat(32)}`);
  fc.assert(
    fc.property(fc.tuple(name, tag, digest), (parts) => {
      const reference = parts.join('');
      expect(isPinnedForPolicy(reference)).toBe(isPinned(reference));
    }),
  );
});
