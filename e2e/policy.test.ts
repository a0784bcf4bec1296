import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RESOURCE_RULES } from '../policy/rules.ts';
import { docker } from './docker.ts';
import {
  openStackProject,
  settingsOf,
  type StackProject,
  type StackSettings,
} from './stack-project.ts';
import { DOCKER_OFFENCES, type DockerOffence, offender } from './violations/docker-offences.ts';
import {
  brokenOnResources,
  brokenPolicies,
  openViolationsProject,
  PASSED,
  type ViolationsProject,
} from './violations-project.ts';

const policyOf = (offence: string): string => offence.split(' ')[0] ?? '';

const resourceOf = (title: string, { volume }: DockerOffence): string =>
  volume === undefined ? offender(title) : `${offender(title)}-data`;

describe('a project of somebody else', () => {
  let project: ViolationsProject;
  beforeAll(async () => {
    project = await openViolationsProject('docker');
  }, 120_000);
  afterAll(() => project.close());

  test.each(['development', 'production'] as const)(
    'that breaks no policy passes in %s, and the pack is named',
    async (kind) => {
      const preview = await project.preview('nothing', kind);
      expect(brokenPolicies(preview)).toEqual([]);
      expect(preview.stdout).toContain(PASSED);
      expect(preview.exitCode).toBe(0);
    },
    120_000,
  );

  test('breaks each policy on resources once', () => {
    expect([...new Set(Object.keys(DOCKER_OFFENCES).map(policyOf))].sort()).toEqual(
      RESOURCE_RULES.map(({ name }) => name).sort(),
    );
  });

  test.each(['development', 'production'] as const)(
    'fails in %s for each offence, by its policy alone, with reason and message',
    async (kind) => {
      const offences = Object.entries(DOCKER_OFFENCES).filter(
        ([, { inProduction }]) => (inProduction === true) === (kind === 'production'),
      );
      const preview = await project.preview(kind, kind);
      expect(brokenOnResources(preview)).toEqual(
        offences
          .map(([title, offence]) => `${policyOf(title)} ${resourceOf(title, offence)}`)
          .sort(),
      );
      for (const [title, offence] of offences) {
        const { reason } = RESOURCE_RULES.find(({ name }) => name === policyOf(title)) ?? {};
        expect(preview.stdout).toContain(reason);
        expect(preview.stdout).toContain(`${resourceOf(title, offence)}: ${offence.says}`);
      }
      expect(preview.stdout).not.toContain('a-password');
      expect(preview.exitCode).not.toBe(0);
    },
    120_000,
  );
});

describe('our stack', () => {
  const onDocker: StackSettings = { target: 'docker', credentialsVersion: 1 };
  let development: StackProject;
  let production: StackProject;
  beforeAll(async () => {
    development = await openStackProject(`test-policy-${process.pid}`, settingsOf('dev'));
    production = await openStackProject(`test-policy-prod-${process.pid}`, onDocker);
  }, 120_000);
  afterAll(() => {
    development.close();
    production.close();
  });

  test('breaks no policy with the settings of dev', async () => {
    const preview = await development.run('preview');
    expect(preview.stdout).toContain(`${PASSED}policy)`);
    expect(preview.stdout).not.toMatch(/\[mandatory\]|\[advisory\]/);
    expect(preview.exitCode).toBe(0);
  }, 120_000);

  test('breaks none on docker in production, where its data is protected', async () => {
    production.write(onDocker);
    const preview = await production.run('preview');
    expect(preview.stdout).toContain(`${PASSED}policy)`);
    expect(preview.exitCode).toBe(0);
  }, 120_000);

  test('is refused in production with unprotected data and a published pooler', async () => {
    production.write({
      ...onDocker,
      postgres: { protect: false },
      redis: { protect: false },
      pooler: { publishPort: 6432 },
    });
    const preview = await production.run('preview');
    expect([...brokenPolicies(preview)].sort()).toEqual([
      'protected-data',
      'protected-data',
      'published-port',
    ]);
    expect(preview.exitCode).toBe(1);
  }, 120_000);

  test('is refused by up where other data is protected, before anything is made', async () => {
    production.write({ ...onDocker, postgres: { protect: false } });
    const up = await production.run('up', '--yes');
    expect(brokenPolicies({ ...up, stdout: up.stderr })).toEqual(['protected-data']);
    expect(up.stderr).toContain('postgres-data: protect: got false');
    expect(up.stderr).toContain('Nothing was changed: the preview failed.');
    expect(up.exitCode).toBe(1);
    const { stdout: state } = await production.pulumi('stack', 'export');
    expect(
      (JSON.parse(state) as { deployment: { resources?: unknown[] } }).deployment.resources ?? [],
    ).toEqual([]);
  }, 120_000);

  test('is refused by an update without a preview as well, before a volume is made', async () => {
    production.write({ ...onDocker, postgres: { protect: false }, redis: { protect: false } });
    try {
      const up = await production.run('up', '--yes');
      expect([...new Set(brokenPolicies(up))]).toEqual(['protected-data']);
      expect(up.exitCode).toBe(1);
      for (const part of ['postgres', 'redis'])
        expect(
          (await docker('volume', 'inspect', `spywatcher-${production.name}-${part}-data`))
            .exitCode,
        ).not.toBe(0);
    } finally {
      await production.mustRun('down', '--yes');
    }
  }, 600_000);
});
