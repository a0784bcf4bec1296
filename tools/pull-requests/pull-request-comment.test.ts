import { describe, expect, test } from '@jest/globals';
import type { Comment, CommentHost } from './comment-host.ts';
import { keepComment, renderComment } from './pull-request-comment.ts';

const run = { commit: '0123456789abcdef', runUrl: 'https://ci.test/run/7' };

/** A host whose comments lie in an array. */
function hostWith(
  comments: Comment[],
  maxLength = 65_536,
  newest: string = run.commit,
): CommentHost {
  return {
    ...run,
    maxLength,
    readNewestCommit: () => Promise.resolve(newest),
    readOwn: () => Promise.resolve(comments),
    create: (body) => Promise.resolve(void comments.push({ id: comments.length + 1, body })),
    update: (id, body) => Promise.resolve(void comments.splice(id - 1, 1, { id, body })),
  };
}

test('each stack has one comment, which every later report replaces', async () => {
  const comments: Comment[] = [{ id: 1, body: 'something else of ours' }];
  const host = hostWith(comments);
  expect(await keepComment(host, { stack: 'dev', report: 'first' })).toBe('created');
  expect(await keepComment(host, { stack: 'prod', report: 'of prod' })).toBe('created');
  expect(await keepComment(host, { stack: 'dev', report: 'second' })).toBe('updated');
  expect(comments.map(({ body }) => body)).toEqual([
    'something else of ours',
    expect.stringContaining('\nsecond'),
    expect.stringContaining('\nof prod'),
  ]);
  expect(comments[1]?.body).not.toContain('first');
});

test('the first line tells the stack, also where one name begins with another', async () => {
  const comments: Comment[] = [];
  const host = hostWith(comments);
  await keepComment(host, { stack: 'dev-2', report: 'two' });
  expect(await keepComment(host, { stack: 'dev', report: 'one' })).toBe('created');
});

test('a late or repeated run of an older commit leaves the comment alone', async () => {
  const comments: Comment[] = [];
  await keepComment(hostWith(comments), { stack: 'dev', report: 'new' });
  expect(
    await keepComment(hostWith(comments, 65_536, 'another'), { stack: 'dev', report: 'old' }),
  ).toBe('left as it is: the pull request has a newer commit');
  expect(
    await keepComment(hostWith(comments, 65_536, 'another'), { stack: 'prod', report: 'old' }),
  ).toBe('left as it is: the pull request has a newer commit');
  expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('\nnew')]);
});

test('without a report the comment of this run stays, an earlier one goes', async () => {
  const comments: Comment[] = [];
  await keepComment(hostWith(comments), { stack: 'dev', report: 'first' });
  expect(await keepComment(hostWith(comments), { stack: 'dev', report: '' })).toBe(
    'left as it is: this run has written it before',
  );
  expect(comments[0]?.body).toContain('first');
  expect(
    await keepComment(
      { ...hostWith(comments), runUrl: 'https://ci.test/run/8' },
      { stack: 'dev', report: '' },
    ),
  ).toBe('updated');
  expect(comments[0]?.body).toContain('## No preview of `dev`');
  expect(await keepComment(hostWith(comments), { stack: 'prod', report: '' })).toBe('created');
});

test('the comment names the commit and the run', () => {
  expect(renderComment(hostWith([]), { stack: 'dev', report: '## Plan\n' })).toBe(
    '<!-- spywatcher: dev -->\n' +
      '## Plan\n\n' +
      '<sub>`dev` at 0123456789ab, [the run](https://ci.test/run/7)</sub>\n',
  );
});

test.each(['', '\n'])('without a report it says so and where the reason is: %j', (report) => {
  const body = renderComment(hostWith([]), { stack: 'dev', report });
  expect(body).toContain('## No preview of `dev`');
  expect(body).toContain('The log of [the run](https://ci.test/run/7) has the reason.');
});

describe('a report that is longer than a comment may be', () => {
  const long = [
    '## Plan',
    '<details><summary>outer</summary>',
    '',
    '````ini',
    '```',
    ...Array.from({ length: 500 }, (_, index) => `key_${index} = value`),
    '````',
    '',
    '</details>',
    'the end',
  ].join('\n');

  test('is cut to the limit at a line, says so, and closes what was open', () => {
    const body = renderComment(hostWith([], 2_000), { stack: 'dev', report: long });
    expect(body.length).toBeLessThanOrEqual(2_000);
    expect(body.length).toBeGreaterThan(1_900);
    expect(body).toMatch(/\nkey_\d+ = value\n````\n\n<\/details>\n\n\*\*Cut: /);
    expect(body).not.toContain('the end');
    expect(body).toMatch(/the run\]\(https:\/\/ci\.test\/run\/7\)<\/sub>\n$/);
  });

  test('is whole when it just fits', () => {
    const whole = renderComment(hostWith([]), { stack: 'dev', report: long });
    expect(renderComment(hostWith([], whole.length), { stack: 'dev', report: long })).toBe(whole);
    expect(renderComment(hostWith([], whole.length - 1), { stack: 'dev', report: long })).toContain(
      '**Cut: ',
    );
  });

  test('closes nothing that is closed already', () => {
    const fold = '<details><summary>x</summary>\n\n```\na\n```\n\n</details>\n';
    const report = `${fold}${'word\n'.repeat(500)}`;
    const body = renderComment(hostWith([], 1_000), { stack: 'dev', report });
    expect(body).toMatch(/word\n\n\*\*Cut: /);
    expect(body.split('</details>')).toHaveLength(2);
  });
});
