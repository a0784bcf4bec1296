/** Keeps a stack's one comment on a pull request up to date; for a CI. */
// Imports builtins alone: it also runs without node_modules.
import { existsSync, readFileSync } from 'node:fs';
import { CallError, runCommand } from '../call.ts';
import { openCommentHost } from '../pull-requests/comment-host.ts';
import { keepComment } from '../pull-requests/pull-request-comment.ts';

await runCommand(
  {
    synopsis: 'npm run comment -- STACK --file FILE',
    text: [
      'Writes the report in FILE as the comment of STACK on the pull request that GitHub Actions',
      'or GitLab CI is looking at, and replaces the comment of an earlier run. The token is',
      'GITHUB_TOKEN or GITLAB_TOKEN: see docs/pull-requests.md.',
      '  --file FILE  Markdown, as npm run preview -- STACK --markdown prints it; empty or absent',
      '               where the preview left none',
    ].join('\n'),
    flags: [],
    options: ['file'],
  },
  async ({ stack, options: { file } }) => {
    if (file === undefined)
      throw new CallError('--file is missing: name the file that holds the report.');
    const done = await keepComment(openCommentHost(process.env), {
      stack,
      report: readReport(file),
    });
    process.stdout.write(`The comment of ${stack} is ${done}.\n`);
    return 0;
  },
);

/**
 * A preview that ended early has left no file, and the comment must not go on showing what an
 * earlier commit would do.
 */
function readReport(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch (error) {
    throw new CallError(`The report cannot be read: ${(error as Error).message}`);
  }
}
