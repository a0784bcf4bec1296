import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { checkout } from '../../toolchain/places.mjs';
import { readWorkflows } from './workflows.ts';

const page = readFileSync(join(checkout, 'docs', 'pull-requests.md'), 'utf8');

/** The one file that the page gives in full. */
function readGitLabExample(): Readonly<Record<string, { readonly script?: readonly string[] }>> {
  const text = /^```yaml\n(# \.gitlab-ci\.yml\n[\s\S]*?)^```$/m.exec(page)?.[1];
  if (text === undefined) throw new Error('docs/pull-requests.md holds no .gitlab-ci.yml');
  return parse(text) as ReturnType<typeof readGitLabExample>;
}

const gitHub = [...readWorkflows().values()].flatMap(({ workflow }) =>
  Object.values(workflow.jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run = '' }) => run.split('\n')),
  ),
);
const gitLab = Object.values(readGitLabExample()).flatMap(({ script = [] }) => script);

test.each([
  ['the workflows of GitHub', gitHub],
  ['the example for GitLab', gitLab],
])('every command of ours that %s call is there', (_where, lines) => {
  const scripts = lines.flatMap(
    (line) => /^npm run (?:--silent )?([a-z:-]+)/.exec(line)?.[1] ?? [],
  );
  const files = lines.flatMap((line) => /^node (\S+)/.exec(line)?.[1] ?? []);
  expect(scripts.length).toBeGreaterThan(0);
  expect(files).toEqual(['tools/commands/comment.ts']);
  for (const script of scripts) expect(Object.keys(manifest.scripts)).toContain(script);
  for (const file of files) expect(existsSync(join(checkout, file))).toBe(true);
});

test('GitLab runs what GitHub runs to preview, comment and deploy', () => {
  /** Without what each calls its stack, its registry and its files. */
  const shape = (line: string): string[] =>
    /^(npm run --silent|node) \S+/.exec(line) === null
      ? []
      : [line.replaceAll(/"[^"]*"|\b(?:dev|prod|images\.yaml|report-prod\.md)\b/g, '*')];
  const shapes = (lines: readonly string[]): string[] => [...new Set(lines.flatMap(shape))].sort();
  expect(shapes(gitLab)).toEqual(shapes(gitHub));
});

test('the page names every job of the workflows', () => {
  for (const [file, { workflow }] of readWorkflows()) {
    for (const [name, job] of Object.entries(workflow.jobs)) {
      const called = [name, job.name].some((title) =>
        page.includes(`- \`${file}\`, **${title ?? ''}**:`),
      );
      expect({ file, name, called }).toEqual({ file, name, called: true });
    }
  }
});
