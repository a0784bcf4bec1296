import { expect } from '@jest/globals';
import type { PlanReport } from '../../infra/report/plan-report.ts';
import type { StackSettings, TestStack } from '../test-stack.ts';
import { holdClients } from './held-clients.ts';
import { namedContainers, readPreview } from './preview-report.ts';

const HELD = 3;

export interface ExpectedChange {
  readonly settings: StackSettings;
  /**
   * Services that the report names as interrupted, each with the client connections that it cuts;
   * any by default.
   */
  readonly services?: Readonly<Record<string, number>>;
  /** Keys of PgBouncer and Postgres, each with how it takes effect. */
  readonly effects?: Readonly<Record<string, string>>;
}

/**
 * Previews a change, applies it by `up` and holds the one against the other: the replaced and
 * deleted containers, the clients that are cut, the limits of the running servers.
 * @param apply runs `up`, alone by default.
 */
export async function expectAsPreviewed(
  stack: TestStack,
  { settings, services, effects = {} }: ExpectedChange,
  apply: () => Promise<unknown> = () => stack.mustRun('up'),
): Promise<PlanReport> {
  stack.configure(settings);
  const { exitCode, report } = await readPreview(stack);
  expect(exitCode).toBe(0);
  const cut = clientsCutBy(report);
  expect(cut).toEqual(services ?? cut);
  expect(effectsIn(report)).toMatchObject(effects);
  const before = await stack.containers();
  const held = await holdClients(stack, HELD);
  try {
    await apply();
    const after = await stack.containers();
    const names = [...before.keys()].sort();
    expect(namedContainers(stack, report.resources?.replaced)).toEqual(
      names.filter((name) => after.has(name) && after.get(name) !== before.get(name)),
    );
    expect(namedContainers(stack, report.resources?.deleted)).toEqual(
      names.filter((name) => !after.has(name)),
    );
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual([]);
    const isAnyCut = Object.values(cut).some((clients) => clients > 0);
    expect(await held.ended()).toBe(isAnyCut ? HELD : 0);
  } finally {
    await held.close();
  }
  await expectLimits(stack, report);
  return report;
}

/**
 * Expects the running servers to have the limits of the report's hops, and the sizes that its terms
 * are made of.
 */
export async function expectLimits(
  stack: TestStack,
  { hops, bouncers }: PlanReport,
): Promise<void> {
  const limitOf = (name: string) => hops.find((hop) => hop.name === name)?.limit;
  const [max = 0, reserved = 0, forSuperusers = 0] = (
    await stack.psqlDirect(
      "select current_setting(s) from unnest('{max_connections,reserved_connections," +
        "superuser_reserved_connections}'::text[]) s",
    )
  )
    .split('\n')
    .map(Number);
  expect(limitOf('server connections') ?? limitOf('direct connections')).toBe(
    max - reserved - forSuperusers,
  );
  if (bouncers === 0) return;
  const config = new Map(
    (await stack.console('SHOW CONFIG')).map((line) => line.split('|') as [string, string]),
  );
  const shown = (key: string): number => Number(config.get(key));
  expect(limitOf('client connections')).toBe(shown('max_client_conn'));
  expect(hops.find(({ name }) => name === 'server connections')?.uses[0]?.count).toBe(
    shown('default_pool_size') + shown('reserve_pool_size'),
  );
}

/** How many resources the engine counts: all of the state but its own default providers. */
export function countResources(state: string): number {
  const { deployment } = JSON.parse(state) as { deployment: { resources: { type: string }[] } };
  return deployment.resources.filter(({ type }) => !type.startsWith('pulumi:providers:')).length;
}

/** Each interrupted service with the client connections that end with it. */
const clientsCutBy = ({ interruptions = [] }: PlanReport): Readonly<Record<string, number>> =>
  Object.fromEntries(
    interruptions.map(({ service, cut, connections }) => [
      service,
      connections === 'client connections' ? cut : 0,
    ]),
  );

function effectsIn({ changes }: PlanReport): Readonly<Record<string, string>> {
  const list = (Array.isArray(changes) ? changes : []) as Exclude<
    PlanReport['changes'],
    string | undefined
  >;
  return Object.fromEntries(list.map(({ key, effect }) => [key, effect]));
}
