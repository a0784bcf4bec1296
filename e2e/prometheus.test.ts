import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { holdSessions, type HeldSessions } from './held-sessions.ts';
import { dockerOutput, logsOf, openDockerScope, untilHealth } from './docker.ts';
import {
  ask,
  openLiveEnvironment,
  report,
  type LiveApp,
  type LiveEnvironment,
} from './live-app.ts';
import { fillIn, panels, read, rules, rulesText } from './documented-monitoring.ts';
import { credentials } from './live-credentials.ts';
import { LONG_TRANSACTIONS } from './live-plan.ts';
import { METRICS_BLOCK } from './metrics-block.ts';
import { openPrometheus, type PrometheusServer } from './prometheus-server.ts';
import { expectUseOfServers } from './scraped-use.ts';
import { until } from './until.ts';

const scope = openDockerScope('prometheus');

let live: LiveEnvironment;
let app: LiveApp;
let prometheus: PrometheusServer;
const held: HeldSessions[] = [];

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials, LONG_TRANSACTIONS);
  app = await live.startApp();
  const configuration = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [alert-rules.yaml]
scrape_configs:
  - job_name: spywatcher
    metrics_path: /api/admin/monitoring/metrics
    authorization: { credentials_file: /etc/prometheus/token }
    static_configs: [{ targets: ['${app.id.slice(0, 12)}:3001'] }]
`;
  // How long an alert must last is promtool's to test; here nobody waits for it.
  const impatient = rulesText.replaceAll(/^( +(?:for|keep_firing_for)): .*$/gm, '$1: 0s');
  prometheus = await openPrometheus(scope, `${scope.name}-net`, {
    'prometheus.yml': configuration,
    'alert-rules.yaml': impatient,
    token: app.adminToken,
  });
}, 300_000);
afterEach(async () => {
  for (const sessions of held.splice(0)) await sessions.close();
});
afterAll(() => scope.close(), 60_000);

const valueOf = async (expression: string): Promise<number | undefined> =>
  (await prometheus.query(expression))[0]?.value;
const firing = async (): Promise<readonly string[]> =>
  (await prometheus.query('ALERTS{alertstate="firing"}'))
    .map(({ labels: { alertname, severity, layer, hop } }) =>
      [alertname, severity, layer ?? hop].filter((label) => label !== undefined).join(' '),
    )
    .sort();

test("a scrape gives Prometheus' format, and promtool finds nothing in it", async () => {
  await report(app, { userId: '1', guildId: '1', status: 'idle' });
  await ask(app, '/nowhere');
  const response = await fetch(`${app.url}/api/admin/monitoring/metrics`, {
    headers: { Authorization: `Bearer ${app.adminToken}` },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const text = await response.text();
  const requests = 'spywatcher_http_request_duration_seconds_count';
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      `${requests}{method="POST",route="/api/presence",status="201"} 1`,
      `${requests}{method="GET",route="none",status="404"} 1`,
    ]),
  );
  expect(
    await prometheus.check({ 'metrics.txt': text }, 'promtool check metrics <metrics.txt'),
  ).toEqual({ exitCode: 0, stdout: '', stderr: '' });
}, 30_000);

test('the rules load, and their own test holds', async () => {
  const files = {
    'alert-rules.yaml': rulesText,
    'alert-rules.test.yaml': read('alert-rules.test.yaml'),
  };
  expect(
    await prometheus.check(
      files,
      'promtool check rules --lint=all --lint-fatal alert-rules.yaml && promtool ' +
        'test rules alert-rules.test.yaml',
    ),
  ).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`SUCCESS: ${rules.length} rules found`) as unknown,
    stderr: '',
  });
  const loaded = (await prometheus.get('rules')) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly name: string; readonly query: string }[];
    }[];
  };
  expect(loaded.groups.flatMap((group) => group.rules)).toHaveLength(rules.length);
}, 30_000);

test('Prometheus scrapes the running app with the token from a file', async () => {
  expect(
    await until(
      () => valueOf('up{job="spywatcher"}'),
      (up) => up === 1,
    ),
  ).toBe(1);
  expect(await prometheus.query('spywatcher_build_info')).toMatchObject([
    { labels: { environment: 'e2e', job: 'spywatcher' }, value: 1 },
  ]);
}, 120_000);

test('every expression of panels and rules has an answer, and no alert fires', async () => {
  const filled = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, fillIn(expr)] as const),
  );
  const withoutAnswer = async () => {
    await ask(app, '/api/guilds/1/online');
    await ask(app, '/api/presence/1');
    const answers = await Promise.all(
      filled.map(
        async ([title, expression]) =>
          [
            title,
            expression,
            (await prometheus.query(expression)).filter(({ value }) => !Number.isNaN(value)),
          ] as const,
      ),
    );
    return answers
      .filter(([, , series]) => series.length === 0)
      .map(([title, expression]) => `${title}: ${expression}`);
  };
  // The chain is well, so the verdict names no layer.
  const expected = [
    'Layer to look at: ' +
      'max by (layer) (spywatcher_verdict_layer{job="spywatcher",instance=~".+"}) == 1',
  ];
  expect(await until(withoutAnswer, (left) => left.length === expected.length)).toEqual(expected);
  await Promise.all(rules.map(({ expr }) => prometheus.query(expr)));
  expect(await until(firing, (alerts) => alerts.length === 0)).toEqual([]);
}, 120_000);

test('use and limit are those of SHOW POOLS and Postgres; the alert names the hop', async () => {
  held.push(
    await holdSessions(scope, live, {
      size: 5,
      way: 'pooled',
      login: credentials.app,
      script: 'sleepInTransaction',
    }),
  );
  await expectUseOfServers(live, prometheus);
  const alerts = await until(firing, (names) => names.length >= 2);
  expect(alerts).toEqual(
    expect.arrayContaining([
      'SpywatcherConnectionsAtLimit critical server connections of PgBouncer',
      'SpywatcherConnectionsNearLimit warning server connections of PgBouncer',
    ]),
  );
  for (const sessions of held.splice(0)) await sessions.close();
  expect(await until(firing, (names) => names.length === 0)).toEqual([]);
}, 120_000);

test('a killed PgBouncer fires its alert and leaves no numbers until it is back', async () => {
  await dockerOutput('kill', live.pgbouncer);
  expect(
    await until(firing, (names) => names.includes('SpywatcherLayerDown critical pgbouncer')),
  ).toContain('SpywatcherLayerDown critical pgbouncer');
  expect(await prometheus.query('{__name__=~"spywatcher_pgbouncer_.+"}')).toEqual([]);
  expect(await valueOf('up{job="spywatcher"}')).toBe(1);
  expect(await valueOf('spywatcher_layer_up{layer="postgres"}')).toBe(1);
  expect(
    await until(
      () => valueOf('spywatcher_verdict{state="down"}'),
      (value) => value === 1,
    ),
  ).toBe(1);

  await dockerOutput('start', live.pgbouncer);
  await untilHealth(live.pgbouncer, 'healthy');
  expect(await until(firing, (names) => names.length === 0)).toEqual([]);
  expect(await valueOf('spywatcher_pgbouncer_client_connections_max')).toBe(100);
}, 120_000);

test('a change of the thresholds in the plan reaches the rules without a restart', async () => {
  await app.replacePlan({ ...app.plan, warnPercent: 1, criticalPercent: 100 });
  const atOnePercent = 'SpywatcherConnectionsNearLimit warning connections of Postgres';
  expect(await until(firing, (names) => names.includes(atOnePercent))).toContain(atOnePercent);
  await app.replacePlan(app.plan);
  expect(await until(firing, (names) => names.length === 0)).toEqual([]);
}, 120_000);

test('the readable log shows the numbers of the environment and of the run', async () => {
  const pretty = await live.startApp({
    settings: { logFormat: 'pretty' },
    limits: { intervalSeconds: 1 },
  });
  await ask(pretty, '/api/guilds/1/online');
  const block = METRICS_BLOCK;
  const [, total, utilization] =
    block.exec(
      await until(
        () => logsOf(pretty.id),
        (log) => block.test(log),
      ),
    ) ?? [];
  expect(Number(total)).toBeGreaterThan(0);
  expect(utilization).toBe(total);
  await dockerOutput('stop', '--time', '25', pretty.id);
  expect(await logsOf(pretty.id)).toMatch(
    / INFO {2}this run in numbers ranSeconds=\d+ answers=\{"2xx":\d+.*highestUse=\{"appClient/,
  );
}, 120_000);
