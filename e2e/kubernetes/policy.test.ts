import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RESOURCE_RULES, STACK_RULES } from '../../policy/rules.ts';
import { openStackProject, settingsOf, type StackProject } from '../stack-project.ts';
import { KUBERNETES_OFFENCES } from '../violations/kubernetes-offences.ts';
import {
  brokenPolicies,
  openViolationsProject,
  PASSED,
  type ViolationsProject,
} from '../violations-project.ts';
import { testImages } from './test-images.ts';

const rules = [...RESOURCE_RULES, ...STACK_RULES];
let violations: ViolationsProject;
let production: StackProject;

beforeAll(async () => {
  violations = await openViolationsProject('kubernetes');
  production = await openStackProject(`test-policy-prod-${process.pid}`, {
    ...settingsOf('prod'),
    images: testImages(),
  });
}, 120_000);

afterAll(() => {
  violations.close();
  production.close();
});

test('prod as it is committed breaks no policy', async () => {
  const preview = await production.run('preview');
  expect(preview.stdout).toContain(`${PASSED}policy)`);
  expect(preview.stdout).not.toMatch(/\[mandatory\]|\[advisory\]/);
  expect(preview.exitCode).toBe(0);
}, 180_000);

test('prod with claims that are not protected is refused, one time for each', async () => {
  production.write({
    ...settingsOf('prod'),
    images: testImages(),
    postgres: { protect: false },
    redis: { protect: false },
  });
  const preview = await production.run('preview');
  expect(brokenPolicies(preview)).toEqual(['protected-data', 'protected-data']);
  expect(preview.exitCode).toBe(1);
}, 180_000);

test.each(['development', 'production'] as const)(
  'a project that breaks no policy passes in %s',
  async (kind) => {
    const preview = await violations.preview('nothing', kind);
    expect(brokenPolicies(preview)).toEqual([]);
    expect(preview.exitCode).toBe(0);
  },
  120_000,
);

test('each policy is broken once', () => {
  expect(
    Object.keys(KUBERNETES_OFFENCES)
      .map((title) => title.split(' ')[0])
      .sort(),
  ).toEqual(rules.map(({ name }) => name).sort());
});

test.each(Object.entries(KUBERNETES_OFFENCES))(
  'a project that breaks %s fails by it alone, with its reason and its message',
  async (title, { inProduction, says }) => {
    const preview = await violations.preview(
      title,
      inProduction === true ? 'production' : 'development',
    );
    const [policy = ''] = title.split(' ');
    expect(brokenPolicies(preview)).toEqual([policy]);
    expect(preview.stdout).toContain(rules.find(({ name }) => name === policy)?.reason);
    expect(preview.stdout).toContain(says);
    expect(preview.stdout).not.toContain('a-password');
    expect(preview.exitCode).not.toBe(0);
  },
  120_000,
);
