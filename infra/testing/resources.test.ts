import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { goldenText } from '../../pgbouncer/testing/golden.ts';
import { exampleCredentials, recordEnvironment } from './recorded-environment.ts';
import { type ResourceCase, resourceCases } from './resource-cases.ts';

const GOLDEN = join(import.meta.dirname, 'golden', 'resources');
const cases = Object.entries(resourceCases);
/** The first case loads the providers' SDKs too, which takes long on a busy machine. */
const TIMEOUT_MS = 60_000;
const recordings = new Map<ResourceCase, Promise<string>>();

/** Records an environment once, however many tests read it. */
function record(example: ResourceCase): Promise<string> {
  const recording = recordings.get(example) ?? recordText(example);
  recordings.set(example, recording);
  return recording;
}

const recordText = async (example: ResourceCase): Promise<string> =>
  stringify(await recordEnvironment(example), { lineWidth: 0, aliasDuplicateObjects: false });

test.each(cases)(
  '%s registers the resources in its golden file, with their parents, options and inputs',
  async (name, example) => {
    const recorded = await record(example);
    expect(recorded).toBe(goldenText(join(GOLDEN, `${name}.yaml`), recorded));
  },
  TIMEOUT_MS,
);

test('each golden file is held by a case', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(cases.map(([name]) => `${name}.yaml`).sort());
});

test.each(cases)(
  'no password, token or verifier of %s is an input that is not secret',
  async (_name, example) => {
    const recorded = await record(example);
    expect(secretTexts(exampleCredentials).filter((text) => recorded.includes(text))).toEqual([]);
  },
  TIMEOUT_MS,
);

/** All texts in the credentials but the names of roles. */
function secretTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value as object).flatMap(([key, inner]) =>
    key === 'name' ? [] : secretTexts(inner),
  );
}
