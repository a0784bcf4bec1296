import { expect, test } from '@jest/globals';
import { fitComment } from './comment-size.ts';

const long = (characters: number): string =>
  `${'line of text\n'.repeat(Math.ceil(characters / 13))}`;

test('what fits stays as it is', () => {
  expect(fitComment([{ text: 'a' }, { text: 'b', shorter: 'B' }], 100)).toBe('a\n\nb\n');
});

test('the longest part gives way first, and no more parts than needed', () => {
  const text = fitComment(
    [
      { text: 'head' },
      { text: long(300), shorter: '(left out: 300)' },
      { text: long(600), shorter: '(left out: 600)' },
    ],
    500,
  );
  expect(text).toContain('(left out: 600)');
  expect(text).not.toContain('(left out: 300)');
  expect(text.length).toBeLessThanOrEqual(500);
});

test('what nothing shortens is cut at the end of a line, with a note', () => {
  const text = fitComment([{ text: 'head' }, { text: long(2_000) }], 500);
  expect(text.length).toBeLessThanOrEqual(500);
  expect(text).toMatch(/line of text\n\nThe rest is too long for a comment\.\n$/);
});

test('what ends in a code block closes it before it says that the rest is missing', () => {
  const lines = 'a line of Pulumi\n'.repeat(50);
  const block = (ticks: string) => ({
    text: `${ticks}text\n${lines}\`\`\`\n${lines}${ticks}`,
  });
  for (const ticks of ['````', '``````']) {
    const text = fitComment([{ text: '# One' }, block(ticks)], 400);
    expect(text).toMatch(
      new RegExp(`a line of Pulumi\\n${ticks}\\n\\nThe rest is too long for a comment\\.\\n$`),
    );
    expect(text.length).toBeLessThanOrEqual(400);
  }
});
