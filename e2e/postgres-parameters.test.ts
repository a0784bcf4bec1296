import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planPostgresSettings } from '../infra/plan/postgres/settings.ts';
import { goldenText } from '../pgbouncer/testing/golden.ts';
import { openDockerScope } from './docker.ts';
import { password, PostgresServers } from './postgres-server.ts';
import { runImage } from './run-images.ts';

const CATALOGUE = join(import.meta.dirname, '..', 'infra', 'plan', 'postgres', 'parameters.json');
/** What may be set in postgresql.conf, with the server's own types and ranges. */
const PARAMETERS = `
  select json_object_agg(name, json_strip_nulls(json_build_object(
    'type', vartype, 'unit', unit, 'values', case when vartype = 'enum' then to_json(enumvals) end,
    'min', case when vartype in ('integer', 'real') then min_val::float8 end,
    'max', case when vartype in ('integer', 'real') then max_val::float8 end))
    order by name collate "C")
  from pg_settings where context <> 'internal'`;

const scope = openDockerScope('postgres-parameters');
const { settings } = planPostgresSettings({
  maxConnections: 40,
  reservedConnections: 5,
  memoryMiB: 512,
  protect: true,
  slowQueryMs: 250,
  archiveWithinSeconds: 60,
  settings: {
    work_mem: '2MB',
    checkpoint_timeout: '10min',
    random_page_cost: 1.1,
    synchronous_commit: true,
    log_line_prefix: '%m [%p] %q%u@%d ',
  },
});
let servers: PostgresServers;
let container: string;

beforeAll(async () => {
  servers = new PostgresServers(scope, await runImage('postgres'));
  const command = [
    'postgres',
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
  container = await servers.start(
    await servers.storage('planned'),
    ['--shm-size', '256m', '--env', `POSTGRES_PASSWORD=${password}`],
    command,
  );
}, 600_000);

afterAll(() => scope.close(), 60_000);

test('the catalogue of parameters is the one of the server (GOLDEN=write renews it)', async () => {
  const parameters = JSON.parse(await servers.ask(container, PARAMETERS)) as Record<
    string,
    unknown
  >;
  // Formatted as any other file once it is written.
  const text = `{\n${Object.entries(parameters)
    .map(([name, row]) => `  ${JSON.stringify(name)}: ${JSON.stringify(row)}`)
    .join(',\n')}\n}\n`;
  expect(JSON.parse(goldenText(CATALOGUE, text))).toEqual(parameters);
}, 60_000);

test('a server that is started with planned settings runs on every one of them', async () => {
  const given = Object.entries(settings).map(
    ([key, value]) => `('${key}', '${value.replaceAll("'", "''")}')`,
  );
  const wrong = await servers.ask(
    container,
    `select given.key, given.value, pg_settings.setting, pg_settings.unit
     from (values ${given.join(', ')}) as given (key, value)
     left join pg_settings on name = key where source is distinct from 'command line'`,
  );
  expect(wrong).toBe('');
  expect(await servers.ask(container, 'show work_mem')).toBe('2MB');
  expect(await servers.ask(container, 'show shared_buffers')).toBe('128MB');
  expect(await servers.ask(container, 'show log_line_prefix')).toBe('%m [%p] %q%u@%d');
}, 60_000);
