import { beforeAll, expect, test } from '@jest/globals';
import {
  prepareStaticCheckers,
  type StaticCheckers,
} from '../../toolchain/python/static-checkers.ts';
import { compareWithAnswers, readAnswers } from './answered-findings.ts';
import type { CreatedObject } from './created-objects.ts';
import { findFaults, type Finding } from './static-findings.ts';

let checkers: StaticCheckers;

beforeAll(async () => {
  checkers = await prepareStaticCheckers();
}, 900_000);

/** Asks the tools, in the ways that each knows, to look away. */
const SILENCERS = {
  'kube-score/ignore': 'container-image-tag,container-security-context-privileged',
  'checkov.io/skip1': 'CKV_K8S_16=never mind',
};

const bad = (name: string, container: object): CreatedObject & { readonly spec: object } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'bad', annotations: SILENCERS },
  spec: {
    containers: [
      { name: 'good', image: 'good:1' },
      { name: 'bad', image: 'bad:latest', ...container },
    ],
  },
});

test('each tool names object and container of a fault; no annotation silences it', async () => {
  const findings = await findFaults(
    checkers,
    [
      bad('misspelt', { imagePullPolcy: 'Always' }),
      bad('privileged', { securityContext: { privileged: true } }),
    ],
    'v1.34.1',
  );
  const about = (wanted: Partial<Finding>) =>
    expect(findings).toContainEqual(expect.objectContaining(wanted));
  about({
    tool: 'kubernetes-validate',
    check: 'schema',
    object: 'Pod/misspelt',
    text: expect.stringContaining('imagePullPolcy') as unknown as string,
  });
  about({ tool: 'kube-score', check: 'container-image-tag', object: 'Pod/misspelt (bad)' });
  about({
    tool: 'kube-score',
    check: 'container-security-context-privileged',
    object: 'Pod/privileged (bad)',
  });
  about({ tool: 'checkov', check: 'CKV_K8S_14', object: 'Pod/privileged (bad)' });
  // It does not say which container it was to look away from.
  about({ tool: 'checkov', check: 'CKV_K8S_16', object: 'Pod/privileged' });
  expect(
    findings.filter(({ tool }) => tool === 'kubernetes-validate').map(({ object }) => object),
  ).toEqual(['Pod/misspelt']);
}, 120_000);

test('a kind without a schema is a finding, and a version without schemas an error', async () => {
  const unknown = { apiVersion: 'example.test/v1', kind: 'Thing', metadata: { name: 'one' } };
  expect(await findFaults(checkers, [bad('known', {}), unknown], 'v1.34.1')).toContainEqual(
    expect.objectContaining({ tool: 'kubernetes-validate', object: 'Thing/one' }),
  );
  await expect(findFaults(checkers, [bad('known', {}), unknown], 'v1.99.0')).rejects.toThrow(
    'does not support kubernetes version v1.99',
  );
}, 120_000);

const PAGE = '### checkov: `A`, `B`\n\nObjects: `Pod/one`,\n`Pod/two (x)`.\n\nA reason.\n';
const finding = (check: string, object: string): Finding => ({
  tool: 'checkov',
  check,
  object,
  text: 'bad',
});

test('an answer is for each of its checks and objects alone, and stale without a finding', () => {
  const answers = readAnswers(PAGE);
  const findings = [
    finding('A', 'Pod/one'),
    finding('A', 'Pod/two (x)'),
    finding('B', 'Pod/one'),
    finding('B', 'Pod/two (y)'),
    finding('C', 'Pod/one'),
  ];
  expect(compareWithAnswers(findings, answers)).toEqual({
    unanswered: ['checkov B Pod/two (y): bad', 'checkov C Pod/one: bad'],
    stale: ['checkov B Pod/two (x)'],
  });
});

test.each([
  ['no reason', 'checkov: `A`\n\nObjects: `Pod/one`.\n'],
  ['no object in backticks', 'checkov: `A`\n\nObjects: Pod/one.\n\nA reason.'],
  ['no objects', 'checkov: `A`\n\nA reason with `code`.\n\nMore.'],
  ['no check in backticks', 'checkov: A\n\nObjects: `Pod/one`.\n\nA reason.'],
  ['no tool', '`A`\n\nObjects: `Pod/one`.\n\nA reason.'],
])('a section with %s is refused', (_what, section) => {
  expect(() => readAnswers(`# Page\n\n### ${section}`)).toThrow(section.split('\n')[0]);
});
