import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { planEnvironment } from '../../infra/plan/plan.ts';
import { PlanRefused } from '../../infra/settings/fault.ts';
import { checkSettings } from '../../infra/settings/check-settings.ts';
import { resourceCases } from '../../infra/testing/resource-cases.ts';
import { checkDeployable } from '../../infra/targets/deployable.ts';
import { checkout } from '../../toolchain/places.mjs';
import { readPages } from './testing/pages.ts';

type Raw = Readonly<Record<string, unknown>>;

const NAMESPACE = 'spywatcher:';
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');
const pageOf = (path: string): string => read(path).replaceAll(/\s*\n>?\s*/g, ' ');

/** The settings of a stack file. */
function settingsOf(path: string): Raw {
  const { config } = parse(read(path)) as { readonly config: Raw };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(NAMESPACE, ''), value]),
  );
}

const planOf = (settings: Raw, environment = 'example') =>
  planEnvironment(checkSettings(settings, environment));

const files = readdirSync(join(checkout, 'examples')).filter((file) => file.endsWith('.yaml'));

describe.each(files)('examples/%s', (file) => {
  test('is planned and can be deployed without a fault', () => {
    const plan = planOf(settingsOf(`examples/${file}`));
    for (const { used, limit } of plan.budget.hops) expect(used).toBeLessThanOrEqual(limit);
    expect(checkDeployable(plan.settings)).toEqual([]);
  });

  test('begins with five lines that tell when to choose it, and how to use it', () => {
    const lines = read(`examples/${file}`).split('\n');
    expect(lines.findIndex((line) => !line.startsWith('# '))).toBe(5);
    expect(lines[4]).toContain(`cp examples/${file} Pulumi.`);
    expect(lines.slice(0, 5).join('\n')).toContain('Choose it when');
  });

  test('is named in docs/settings.md', () => {
    expect(read('docs/settings.md')).toContain(`(../examples/${file})`);
  });
});

test('the figures of examples/shared-pooler.yaml are those of its comment and of the page', () => {
  const { budget } = planOf(settingsOf('examples/shared-pooler.yaml'));
  expect(budget.hops.map(({ used, limit }) => `${used} of ${limit}`)).toEqual([
    '128 of 150',
    '86 of 87',
  ]);
  expect(pageOf('docs/connection-budget.md')).toContain('86 of 87 and 128 of 150');
});

/** The committed environments, whatever a team has made of its own Pulumi.dev.yaml since. */
const committed = { dev: resourceCases['dev']?.settings, prod: resourceCases['prod']?.settings };
const hopsOf = (stack: 'dev' | 'prod') => planOf(committed[stack] ?? {}, stack).budget.hops;

test('docs/settings.md has the sums of the committed environments', () => {
  const sums = (['dev', 'prod'] as const).map((stack) => {
    const hop = hopsOf(stack).at(-1);
    return `${hop?.used} of ${hop?.limit}`;
  });
  expect(read('docs/settings.md').replaceAll(/ +/g, ' ')).toContain(
    `| server connections | ${sums.join(' | ')} |`,
  );
});

test('the output of up in the README has the sums of dev', () => {
  const lines = read('README.md')
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
  for (const { path, used, limit } of hopsOf('dev'))
    expect(lines).toContain(` ${path} ${used} of ${limit}`);
});

const REFUSED = [
  ['README.md', 'dev', { ...committed.dev, app: { poolMax: 200 } }],
  [
    'docs/connection-budget.md',
    'prod',
    {
      target: 'kubernetes',
      credentialsVersion: 1,
      app: { replicas: 3, maxSurge: 2 },
      pooler: { poolSize: 10 },
    },
  ],
] as const;

test.each(REFUSED)('the refusal in %s is printed word for word', (path, stack, settings) => {
  const refused = (): unknown => planOf(settings, stack);
  expect(refused).toThrow(PlanRefused);
  try {
    refused();
  } catch (error) {
    const [, fault = ''] = (error as Error).message.split('\n  - ');
    expect(pageOf(path)).toContain(fault.trim());
  }
});

test('settings in pages are settings that exist', () => {
  const known = new Set(
    [...read('docs/settings.md').matchAll(/^- `([a-z]+)\.(\w+)`: /gm)].map(
      ([, map = '', key = '']) => `${map}.${key}`,
    ),
  );
  const maps = [...new Set([...known].map((key) => key.split('.')[0] ?? ''))].join('|');
  const unknown = readPages().flatMap(({ path, text }) =>
    [...text.matchAll(new RegExp(`\`(${maps})\\.(?!kubernetes\\.io)([a-z]\\w*)(?=[.:\`])`, 'g'))]
      .map(([, map = '', key = '']) => `${map}.${key}`)
      .filter((key) => !known.has(key) && !/\.(ts|js|yaml|md|test)$/.test(key))
      .map((key) => `${path}: ${key}`),
  );
  expect(known.size).toBeGreaterThan(40);
  expect(unknown).toEqual([]);
});
