import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { checkout, toolsDirectory } from '../toolchain/places.mjs';
import { runProgram } from '../toolchain/program.ts';
import { type ImageStore, openImageStore } from './image-store.ts';
import { runJob } from './workflow-run.ts';

const stack = `test-pull-request-${process.pid}`;
const stackFile = join(checkout, `Pulumi.${stack}.yaml`);
const secret = 'canary-0123456789abcdef0123456789abcdef';

let temp: string;
let store: ImageStore;
let host: Server;
let posted: { readonly call: string; readonly body: string }[];

beforeAll(async () => {
  temp = mkdtempSync(join(tmpdir(), 'pull-request-'));
  store = await openImageStore();
  posted = [];
  host = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      if (request.method !== 'GET')
        posted.push({
          call: `${request.method ?? ''} ${request.url ?? ''}`,
          ...(JSON.parse(text) as { readonly body: string }),
        });
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          request.url?.includes('/pulls/') === true ? '{"head":{"sha":"0123456789abcdef"}}' : '[]',
        );
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  mkdirSync(join(temp, 'backend'));
  writeFileSync(stackFile, '');
  configure({ poolMax: 6 });
  const env = { ...process.env, ...backend() };
  const pulumi = (...args: string[]) =>
    runProgram(
      process.execPath,
      [join(checkout, 'tools', 'run.mjs'), 'pulumi', ...args, '--stack', stack],
      { cwd: checkout, env },
    );
  await pulumi('stack', 'init', '--no-select');
  await pulumi('config', 'set', '--secret', 'rootSecret', secret);
}, 120_000);
afterAll(() => {
  host.closeAllConnections();
  host.close();
  store.close();
  rmSync(temp, { recursive: true });
  rmSync(stackFile, { force: true });
});

const backend = (): Readonly<Record<string, string>> => ({
  PULUMI_BACKEND_URL: `file://${join(temp, 'backend')}`,
  PULUMI_CONFIG_PASSPHRASE: 'of this test',
});

/** The preview job of this stack: all its commands, a backend and a registry of this test. */
const preview = () =>
  runJob({
    workflow: 'preview.yml',
    job: 'preview',
    expressions: {
      'matrix.stack': stack,
      'vars.PULUMI_BACKEND_URL': backend()['PULUMI_BACKEND_URL'] ?? '',
      'secrets.PULUMI_CONFIG_PASSPHRASE': backend()['PULUMI_CONFIG_PASSPHRASE'] ?? '',
      'github.token': 'a token',
    },
    temp,
    runner: {
      REGISTRY: `${store.address}/team`,
      GITHUB_ACTOR: 'somebody',
      SPYWATCHER_TOOLS: toolsDirectory(),
    },
  });

function configure(app: Readonly<Record<string, unknown>>): void {
  const rootSecret =
    /^ *spywatcher:rootSecret:\n.*\n/m.exec(readFileSync(stackFile, 'utf8'))?.[0] ?? '';
  const salt = /^encryptionsalt: .*\n/m.exec(readFileSync(stackFile, 'utf8'))?.[0] ?? '';
  const settings = {
    'spywatcher:target': 'docker',
    'spywatcher:credentialsVersion': 1,
    'spywatcher:app': app,
    'spywatcher:postgres': { protect: false },
    'spywatcher:redis': { protect: false },
  };
  writeFileSync(stackFile, `${salt}${stringify({ config: settings })}${rootSecret}`);
}

test('a pull request of this repository gets a real preview, a summary and a comment', async () => {
  configure({ poolMax: 6 });
  const { steps, summary } = await preview();
  expect(
    steps.map(({ name, exitCode, stderr }) => ({
      name,
      exitCode,
      ...(exitCode !== 0 && { stderr }),
    })),
  ).toEqual(
    ['Log in to the registry', 'Images', 'Kubeconfig', 'Preview', 'Job summary'].map((name) => ({
      name,
      exitCode: 0,
    })),
  );
  const report = readFileSync(join(temp, 'report.md'), 'utf8');
  expect(summary).toBe(report);
  // What only the engine knows, beside what the plan says.
  expect(report).toMatch(/^<details><summary>Resources: \d+ created<\/summary>$/m);
  for (const part of [
    `## Plan of \`${stack}\``,
    '1 app instance x 6 (app.poolMax)',
    'pool_mode = transaction',
  ])
    expect(report).toContain(part);
  expect(steps.find(({ name }) => name === 'Preview')?.stderr).toContain('Previewing update');
  expect(readFileSync(stackFile, 'utf8')).toMatch(
    new RegExp(`app: ${store.address}/team/app:[0-9a-f]{12}\n`),
  );
  for (const text of [report, ...steps.map(({ stderr }) => stderr)])
    expect(text).not.toContain(secret);

  // In the place of the artifact that the job hands on.
  cpSync(join(temp, 'report.md'), join(temp, 'report', 'report.md'), { recursive: true });
  const event = join(temp, 'event.json');
  writeFileSync(
    event,
    JSON.stringify({ pull_request: { number: 12, head: { sha: '0123456789abcdef' } } }),
  );
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const comment = await runJob({
    workflow: 'preview.yml',
    job: 'comment',
    expressions: { 'matrix.stack': stack, 'github.token': 'a token' },
    temp,
    runner: {
      GITHUB_EVENT_PATH: event,
      GITHUB_API_URL: url,
      GITHUB_SERVER_URL: url,
      GITHUB_REPOSITORY: 'team/stack',
      GITHUB_RUN_ID: '7',
    },
  });
  expect(comment.steps).toEqual([{ name: 'Comment', exitCode: 0, stderr: '' }]);
  expect(posted).toEqual([
    {
      call: 'POST /repos/team/stack/issues/12/comments',
      body:
        `<!-- spywatcher: ${stack} -->\n${report}\n<sub>\`${stack}\` at 0123456789ab, ` +
        `[the run](${url}/team/stack/actions/runs/7)</sub>\n`,
    },
  ]);
}, 300_000);

test('a change that cannot work: no green tick, and the reasons are in the report', async () => {
  configure({ poolMax: 200 });
  const { steps } = await preview();
  expect(steps.find(({ name }) => name === 'Preview')?.exitCode).toBe(2);
  expect(steps.at(-1)).toEqual({ name: 'Job summary', exitCode: 0, stderr: '' });
  const report = readFileSync(join(temp, 'report.md'), 'utf8');
  expect(report).toContain('is refused');
  expect(report).toContain('Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.');
}, 120_000);
