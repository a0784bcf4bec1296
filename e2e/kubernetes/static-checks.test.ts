import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../toolchain/places.mjs';
import { prepareStaticCheckers } from '../../toolchain/python/static-checkers.ts';
import { compareWithAnswers, readAnswers } from './answered-findings.ts';
import { type ClusterStack, openClusterStack } from './cluster-stack.ts';
import { type CreatedObject, readCreatedObjects, readServerVersion } from './created-objects.ts';
import { findFaults, type Finding } from './static-findings.ts';

/** With everything that a setting can add. */
const EVERYTHING = {
  app: { maxReplicas: 3 },
  postgres: { protect: true },
  backup: { storageGiB: 1 },
  kubernetes: { ingress: { host: 'api.example', className: 'none', tlsSecret: 'api-example-tls' } },
};

const opened: ClusterStack[] = [];
const findings: Finding[] = [];
const created: Record<string, readonly string[]> = {};
const recorded: Record<string, readonly string[]> = {};

beforeAll(async () => {
  const checkers = await prepareStaticCheckers();
  for (const placement of ['sidecar', 'shared']) {
    const stack = await openClusterStack(`checks-${placement}`, {
      ...EVERYTHING,
      pooler: { placement },
    });
    opened.push(stack);
    await stack.mustRun('up', '--yes');
    const objects = await readCreatedObjects(stack.api.namespace);
    created[placement] = objects
      .map(({ kind, metadata: { name } }: CreatedObject) => `${kind} ${name}`)
      .sort();
    recorded[placement] = await readRecorded(stack);
    findings.push(...(await findFaults(checkers, objects, await readServerVersion())));
    await stack.close();
  }
}, 1_800_000);
afterAll(async () => {
  for (const stack of opened) await stack.close();
}, 300_000);

/** What Pulumi's own state says that it made in the cluster. */
async function readRecorded(stack: ClusterStack): Promise<readonly string[]> {
  const { stdout } = await stack.pulumi('stack', 'export');
  const { deployment } = JSON.parse(stdout) as {
    readonly deployment: {
      readonly resources: readonly { readonly type: string; readonly id?: string }[];
    };
  };
  return deployment.resources
    .filter(({ type }) => type.startsWith('kubernetes:'))
    .map(({ type, id = '' }) => `${type.split(':').at(-1) ?? ''} ${id.split('/').at(-1) ?? ''}`)
    .sort();
}

test('what is checked is everything that up made, for both placements of PgBouncer', () => {
  expect(created).toEqual(recorded);
  expect(created['sidecar']).toEqual(
    expect.arrayContaining([
      'Deployment app',
      'HorizontalPodAutoscaler app',
      'Ingress app',
      'CronJob backup',
      'Secret postgres',
      'StatefulSet postgres',
    ]),
  );
  expect(created['shared']).toContain('Deployment pgbouncer');
});

test('every finding is answered in docs/kubernetes-checks.md, and no answer is stale', () => {
  const answers = readAnswers(readFileSync(join(checkout, 'docs', 'kubernetes-checks.md'), 'utf8'));
  expect(compareWithAnswers(findings, answers)).toEqual({ unanswered: [], stale: [] });
});
