import { expect, test } from '@jest/globals';
import { readEngineEvents } from './engine-events.ts';

const urn = (type: string, name: string): string => `urn:pulumi:dev::spywatcher::${type}::${name}`;
const container = 'docker:index/container:Container';
const pre = (...[op, type, name, rest = {}]: [string, string, string, object?]) => ({
  resourcePreEvent: { metadata: { op, urn: urn(type, name), type, ...rest } },
});
const log = (...events: readonly object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

test('a replacement, which the engine tells in three steps, is one change', () => {
  const { changes } = readEngineEvents(
    log(
      pre('delete-replaced', container, 'app'),
      pre('replace', container, 'app', { diffs: ['envs'], detailedDiff: { 'envs[3]': {} } }),
      pre('create-replacement', container, 'app', { diffs: ['envs'] }),
    ),
  );
  expect(changes).toEqual([
    { operation: 'replace', type: container, name: 'app', paths: ['envs[3]'], isKept: false },
  ]);
});

test('a resource that belongs to a part is known by its own type and name', () => {
  const below = urn(`spywatcher:environment:App$${container}`, 'app');
  const { changes } = readEngineEvents(
    log({ resourcePreEvent: { metadata: { op: 'same', urn: below, type: container } } }),
  );
  expect(changes).toEqual([
    { operation: 'same', type: container, name: 'app', paths: [], isKept: false },
  ]);
});

test('without a detailed diff the changed inputs are named', () => {
  const { changes } = readEngineEvents(
    log(
      pre('update', 'pulumi:index:Stash', 'migrate-done', { diffs: ['input'], detailedDiff: null }),
    ),
  );
  expect(changes).toEqual([
    {
      operation: 'update',
      type: 'pulumi:index:Stash',
      name: 'migrate-done',
      paths: ['input'],
      isKept: false,
    },
  ]);
});

test('what is only read, a default provider and a line that breaks off count for nothing', () => {
  const whole = log(
    pre('refresh', container, 'app'),
    pre('same', 'pulumi:providers:docker', 'default_5_2_0'),
    pre('same', container, 'redis'),
  );
  const text = `${whole}{"resourcePreEvent":{"meta`;
  expect(readEngineEvents(text).changes.map(({ name }) => name)).toEqual(['redis']);
});

test('a resource whose object outlives its place in the stack is told as kept', () => {
  const { changes } = readEngineEvents(
    log(
      pre('delete', 'docker:index/volume:Volume', 'postgres-data', {
        old: { retainOnDelete: true },
      }),
      pre('delete', 'docker:index/volume:Volume', 'redis-data', { old: {} }),
    ),
  );
  expect(changes.map(({ name, isKept }) => [name, isKept])).toEqual([
    ['postgres-data', true],
    ['redis-data', false],
  ]);
});

test('a lost protection is reported, also where nothing else of the resource changes', () => {
  const protect = { protect: true, retainOnDelete: true };
  const { changes } = readEngineEvents(
    log(
      pre('same', 'docker:index/volume:Volume', 'redis-data', { old: protect, new: {} }),
      pre('same', 'docker:index/volume:Volume', 'postgres-data', { old: protect, new: protect }),
      pre('same', 'docker:index/volume:Volume', 'postgres-backup', { old: {}, new: {} }),
      pre('delete', 'docker:index/volume:Volume', 'app-secrets', { old: protect, new: null }),
    ),
  );
  expect(
    changes.filter(({ losesProtection = false }) => losesProtection).map(({ name }) => name),
  ).toEqual(['redis-data']);
});

test('errors and mandatory policies are failures, without colour marks; warnings are not', () => {
  const { failures } = readEngineEvents(
    log(
      {
        diagnosticEvent: {
          severity: 'error',
          urn: urn(container, 'app'),
          message: '<{%fg 9%}>no such image<{%reset%}>\n',
        },
      },
      { diagnosticEvent: { severity: 'warning', message: 'deprecated' } },
      {
        policyEvent: {
          enforcementLevel: 'mandatory',
          policyName: 'no-latest',
          message: 'Name the version.',
          resourceUrn: urn(container, 'app'),
        },
      },
      { policyEvent: { enforcementLevel: 'advisory', policyName: 'labels', message: 'Add one.' } },
    ),
  );
  expect(failures).toEqual(['app: no such image', 'app: no-latest: Name the version.']);
});
