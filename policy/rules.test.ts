import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderViolation } from './rule.ts';
import { RESOURCE_RULES, STACK_RULES } from './rules.ts';
import { checkIn, container, deployment } from './testing/subjects.ts';

const all = [...RESOURCE_RULES, ...STACK_RULES];

test('each rule has a name of its own and a reason that is a sentence', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { name, reason } of all) {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(reason).toMatch(/^[A-Z].{40,}\.$/);
  }
});

test('docs/policy.md lists each rule with its reason, in this order', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/policy.md'), 'utf8');
  const [, ...sections] = page.split(/^### /m);
  const listed = sections.map((section) => {
    const [title = '', , reason = ''] = section.split(/\n\n+/);
    return {
      name: title.replaceAll('`', ''),
      reason: reason.replace(/^Reason: /, '').replaceAll('\n', ' '),
    };
  });
  expect(listed).toEqual(all.map(({ name, reason }) => ({ name, reason })));
});

test.each(RESOURCE_RULES.map((rule) => [rule.name, rule] as const))(
  '%s passes a container and a pod as they should be, in production too',
  (_name, rule) => {
    for (const subject of [container(), deployment()])
      for (const kind of ['development', 'production'] as const)
        expect(checkIn(rule, kind, subject)).toEqual([]);
  },
);

test('a violation names the resource, what it got, what is allowed and what to do', () => {
  expect(
    renderViolation('redis', {
      at: 'memory',
      got: 'nothing',
      allowed: 'an amount',
      remedy: 'Set it.',
    }),
  ).toBe('redis: memory: got nothing; allowed: an amount. Set it.');
});
