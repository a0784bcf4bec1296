import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openCommentHost } from './comment-host.ts';
import { checkout } from '../../toolchain/places.mjs';

interface Seen {
  readonly call: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

let server: Server;
let url: string;
let folder: string;
let seen: Seen[];
/** What a path answers to GET, without its query. */
let answers: Record<string, readonly unknown[] | object>;
let status: number;

beforeEach(async () => {
  [seen, answers, status] = [[], {}, 200];
  folder = mkdtempSync(join(tmpdir(), 'comment-host-'));
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', url);
      const { authorization, 'private-token': privateToken } = request.headers;
      seen.push({
        call: `${request.method ?? ''} ${pathname}`,
        token: authorization ?? String(privateToken),
        body: text === '' ? undefined : JSON.parse(text),
      });
      const answer = answers[pathname] ?? [];
      const [size, page] = [Number(searchParams.get('per_page')), Number(searchParams.get('page'))];
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            Array.isArray(answer) ? answer.slice(size * (page - 1), size * page) : answer,
          ),
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

function gitHub(
  event: object = { pull_request: { number: 12, head: { sha: 'abc' } } },
): NodeJS.ProcessEnv {
  const eventPath = join(folder, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event));
  return {
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_API_URL: url,
    GITHUB_SERVER_URL: 'https://git.test',
    GITHUB_REPOSITORY: 'team/stack',
    GITHUB_RUN_ID: '77',
    GITHUB_TOKEN: 'secret-token',
  };
}

const gitLab = (): NodeJS.ProcessEnv => ({
  CI_MERGE_REQUEST_IID: '12',
  CI_API_V4_URL: `${url}/api/v4`,
  CI_PROJECT_ID: '5',
  CI_COMMIT_SHA: 'def',
  CI_JOB_URL: 'https://git.test/jobs/3',
  GITLAB_TOKEN: 'secret-token',
});

describe('GitHub', () => {
  const comments = '/repos/team/stack/issues/12/comments';

  test('the pull request, its commit and the run are those of the event', () => {
    expect(openCommentHost(gitHub())).toMatchObject({
      commit: 'abc',
      runUrl: 'https://git.test/team/stack/actions/runs/77',
      maxLength: 65_536,
    });
  });

  test('own comments are those of its bot, from every page; no others are', async () => {
    const others = Array.from({ length: 150 }, (_, index) => ({
      id: index,
      body: 'theirs',
      user: { login: 'someone' },
    }));
    answers = {
      [comments]: [...others, { id: 900, body: 'ours', user: { login: 'github-actions[bot]' } }],
    };
    expect((await openCommentHost(gitHub()).readOwn()).map(({ id }) => id)).toEqual([900]);
    expect(seen).toHaveLength(2);
  });

  test('the newest commit is asked for: the event knows the one that it was sent for', async () => {
    answers = { '/repos/team/stack/pulls/12': { number: 12, head: { sha: 'newer' } } };
    expect(await openCommentHost(gitHub()).readNewestCommit()).toBe('newer');
  });

  test('writes with the token, and changes a comment in its place', async () => {
    const host = openCommentHost(gitHub());
    await host.create('new');
    await host.update(900, 'newer');
    expect(seen).toEqual([
      { call: `POST ${comments}`, token: 'Bearer secret-token', body: { body: 'new' } },
      {
        call: 'PATCH /repos/team/stack/issues/comments/900',
        token: 'Bearer secret-token',
        body: { body: 'newer' },
      },
    ]);
  });

  test('an event without a pull request is refused', () => {
    expect(() => openCommentHost(gitHub({ ref: 'refs/heads/main' }))).toThrow(
      'This is no pull request',
    );
  });

  test('a refusal of the host is told with its answer and without the token', async () => {
    status = 403;
    answers = { [comments]: { message: 'Resource not accessible' } };
    const error: unknown = await openCommentHost(gitHub())
      .create('new')
      .catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      /POST .*\/comments answered 403: .*not accessible.*must be allowed to write comments/,
    );
    expect(String(error)).not.toContain('secret-token');
  });
});

describe('GitLab', () => {
  const notes = '/api/v4/projects/5/merge_requests/12/notes';

  test('own comments are those of the user of the token', async () => {
    answers = {
      '/api/v4/user': { id: 42 },
      [notes]: [
        { id: 1, body: 'theirs', author: { id: 7 } },
        { id: 2, body: 'ours', author: { id: 42 } },
      ],
    };
    const host = openCommentHost(gitLab());
    expect(host).toMatchObject({ commit: 'def', runUrl: 'https://git.test/jobs/3' });
    expect((await host.readOwn()).map(({ id }) => id)).toEqual([2]);
  });

  test('the commit is the one of the branch, and the newest can be asked for', async () => {
    answers = { '/api/v4/projects/5/merge_requests/12': { sha: 'newer' } };
    const host = openCommentHost({ ...gitLab(), CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: 'abc' });
    expect(host.commit).toBe('abc');
    expect(openCommentHost({ ...gitLab(), CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '' }).commit).toBe(
      'def',
    );
    expect(await host.readNewestCommit()).toBe('newer');
  });

  test('writes with the token, and changes a comment in its place', async () => {
    const host = openCommentHost(gitLab());
    await host.create('new');
    await host.update(2, 'newer');
    expect(seen).toEqual([
      { call: `POST ${notes}`, token: 'secret-token', body: { body: 'new' } },
      { call: `PUT ${notes}/2`, token: 'secret-token', body: { body: 'newer' } },
    ]);
  });
});

test.each(['GITHUB_TOKEN', 'GITHUB_RUN_ID'])(
  'a variable that is missing or empty is named: %s',
  (name) => {
    expect(() => openCommentHost({ ...gitHub(), [name]: '' })).toThrow(`${name} is not set`);
    expect(() => openCommentHost({ ...gitHub(), [name]: undefined })).toThrow(`${name} is not set`);
  },
);

test('outside of a CI it says what is missing', () => {
  expect(() => openCommentHost({})).toThrow(
    'neither GITHUB_EVENT_PATH (GitHub Actions) nor CI_MERGE_REQUEST_IID (GitLab CI) is set',
  );
});

test('the command needs no installed package, also for a preview that left no report', async () => {
  answers = { '/repos/team/stack/pulls/12': { head: { sha: 'abc' } } };
  for (const part of ['package.json', 'tools', 'toolchain'])
    cpSync(join(checkout, part), join(folder, part), { recursive: true });
  const report = join(folder, 'report.md');
  const comment = () =>
    promisify(execFile)(
      process.execPath,
      [join(folder, 'tools', 'commands', 'comment.ts'), 'dev', '--file', report],
      { cwd: folder, env: gitHub() },
    );
  writeFileSync(report, '## Plan of `dev`\n');
  expect((await comment()).stdout).toBe('The comment of dev is created.\n');
  expect(seen.at(-1)?.body).toEqual({
    body: expect.stringMatching(/^<!-- spywatcher: dev -->\n## Plan of `dev`\n/) as unknown,
  });
  rmSync(report);
  await comment();
  expect(seen.at(-1)?.body).toEqual({
    body: expect.stringContaining('## No preview of `dev`') as unknown,
  });
});
