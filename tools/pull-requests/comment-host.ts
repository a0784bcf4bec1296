import { readFileSync } from 'node:fs';

/** A comment on a pull request, as far as it matters here. */
export interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Where the comments of one pull request are kept. */
export interface CommentHost {
  /** Its own limit of one comment, in characters. */
  readonly maxLength: number;
  /** The commit that was looked at. */
  readonly commit: string;
  /** Page of the run that is under way. */
  readonly runUrl: string;
  /**
   * The one that the pull request is at by now: a run of an older one may end after it, or be
   * started again.
   */
  readonly readNewestCommit: () => Promise<string>;
  /**
   * Those that this token's user has written: one that somebody else wrote is never taken for ours.
   */
  readonly readOwn: () => Promise<readonly Comment[]>;
  readonly create: (body: string) => Promise<void>;
  readonly update: (id: number, body: string) => Promise<void>;
}

/** The user that GitHub Actions' own token writes as. */
const GITHUB_BOT = 'github-actions[bot]';
const PAGE = 100;
const DEADLINE_MS = 30_000;

/**
 * The pull request that this run of GitHub Actions or of GitLab CI is about.
 * Throws with the names of the variables when it is neither.
 */
export function openCommentHost(env: NodeJS.ProcessEnv): CommentHost {
  if (env.GITHUB_EVENT_PATH !== undefined) return openGitHub(env, env.GITHUB_EVENT_PATH);
  if (env.CI_MERGE_REQUEST_IID !== undefined) return openGitLab(env, env.CI_MERGE_REQUEST_IID);
  throw new Error(
    'This is no pull request: neither GITHUB_EVENT_PATH (GitHub Actions) nor ' +
      'CI_MERGE_REQUEST_IID (GitLab CI) is set.',
  );
}

interface PullRequestEvent {
  readonly pull_request?: { readonly number: number; readonly head: { readonly sha: string } };
}

function openGitHub(env: NodeJS.ProcessEnv, eventPath: string): CommentHost {
  const { pull_request: pullRequest } = JSON.parse(
    readFileSync(eventPath, 'utf8'),
  ) as PullRequestEvent;
  if (pullRequest === undefined)
    throw new Error(
      `This is no pull request: the event in ${eventPath} has none. Run it in a workflow ` +
        'that is triggered by pull_request.',
    );
  const repository = need(env, 'GITHUB_REPOSITORY');
  const api = `${need(env, 'GITHUB_API_URL')}/repos/${repository}`;
  const comments = `${api}/issues`;
  const headers = {
    authorization: `Bearer ${need(env, 'GITHUB_TOKEN')}`,
    accept: 'application/vnd.github+json',
  };
  return {
    maxLength: 65_536,
    commit: pullRequest.head.sha,
    runUrl:
      `${need(env, 'GITHUB_SERVER_URL')}/${repository}` +
      `/actions/runs/${need(env, 'GITHUB_RUN_ID')}`,
    readNewestCommit: async () => {
      const { head } = (await (
        await call(`${api}/pulls/${pullRequest.number}`, { headers })
      ).json()) as NonNullable<PullRequestEvent['pull_request']>;
      return head.sha;
    },
    readOwn: async () => {
      const all = await readPages<Comment & { readonly user: { readonly login: string } }>(
        `${comments}/${pullRequest.number}/comments`,
        headers,
      );
      return all.filter(({ user }) => user.login === GITHUB_BOT);
    },
    create: (body) =>
      write(`${comments}/${pullRequest.number}/comments`, { method: 'POST', headers }, body),
    update: (id, body) => write(`${comments}/comments/${id}`, { method: 'PATCH', headers }, body),
  };
}

function openGitLab(env: NodeJS.ProcessEnv, mergeRequest: string): CommentHost {
  const api = need(env, 'CI_API_V4_URL');
  const request = `${api}/projects/${need(env, 'CI_PROJECT_ID')}/merge_requests/${mergeRequest}`;
  const notes = `${request}/notes`;
  // Where GitLab previews the merged result, CI_COMMIT_SHA is a commit of its own making.
  const ofBranch = env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA ?? '';
  const headers = { 'private-token': need(env, 'GITLAB_TOKEN') };
  return {
    maxLength: 1_000_000,
    commit: ofBranch === '' ? need(env, 'CI_COMMIT_SHA') : ofBranch,
    runUrl: need(env, 'CI_JOB_URL'),
    readNewestCommit: async () =>
      ((await (await call(request, { headers })).json()) as { readonly sha: string }).sha,
    readOwn: async () => {
      const me = (await (await call(`${api}/user`, { headers })).json()) as {
        readonly id: number;
      };
      const all = await readPages<Comment & { readonly author: { readonly id: number } }>(
        notes,
        headers,
      );
      return all.filter(({ author }) => author.id === me.id);
    },
    create: (body) => write(notes, { method: 'POST', headers }, body),
    update: (id, body) => write(`${notes}/${id}`, { method: 'PUT', headers }, body),
  };
}

type Headers = Readonly<Record<string, string>>;

async function readPages<Item>(url: string, headers: Headers): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let page = 1; ; page += 1) {
    const items = (await (
      await call(`${url}?per_page=${PAGE}&page=${page}`, { headers })
    ).json()) as readonly Item[];
    all.push(...items);
    if (items.length < PAGE) return all;
  }
}

interface ApiRequest {
  readonly method?: 'POST' | 'PUT' | 'PATCH';
  readonly headers: Headers;
  readonly body?: string;
}

async function write(url: string, request: ApiRequest, body: string): Promise<void> {
  const headers = { ...request.headers, 'content-type': 'application/json' };
  await call(url, { ...request, headers, body: JSON.stringify({ body }) });
}

/** Throws with what the host answered; the token is in no message. */
async function call(url: string, request: ApiRequest): Promise<Response> {
  const { method = 'GET' } = request;
  const answer = await fetch(url, {
    ...request,
    method,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (!answer.ok) {
    const words = (await answer.text()).slice(0, 300);
    throw new Error(
      `${method} ${url} answered ${answer.status}: ${words}. ` +
        'The token must be allowed to write comments on pull requests.',
    );
  }
  return answer;
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name] ?? '';
  if (value === '')
    throw new Error(
      `${name} is not set. The CI sets it, or the step that calls this: see docs/pull-requests.md.`,
    );
  return value;
}
