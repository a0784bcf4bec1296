import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** Pulumi's names of the groups that have a longer one. */
const GROUPS: Readonly<Record<string, string>> = { core: '', networking: 'networking.k8s.io' };
/**
 * What Pulumi does with an object from its first update to its last; without the right to watch it
 * waits for nothing.
 */
const WHOLE_LIFE = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

const plural = (kind: string): string =>
  kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s');

/** `group/resource` of everything that the sources of the target create in the namespace. */
function createdResources(): readonly string[] {
  const sources = readdirSync(import.meta.dirname)
    .filter((file) => /(?<!\.test)\.ts$/.test(file))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
  const kinds = sources.flatMap((source) => [
    ...source.matchAll(/new kubernetes\.(\w+)\.v\d\w*\.(\w+)\(/g),
  ]);
  const resources = kinds.map(
    ([, group = '', kind = '']) => `${GROUPS[group] ?? group}/${plural(kind)}`,
  );
  return [...new Set(resources)].filter((resource) => resource !== '/namespaces').sort();
}

/** `group/resource` of everything that a role gives all these rights to. */
function resourcesWith(verbs: readonly string[]): readonly string[] {
  const text = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'docs', 'kubernetes-rights.yaml'),
    'utf8',
  );
  const roles = parseAllDocuments(text).map((document) => document.toJS() as Role);
  const rules =
    roles.find(({ metadata }) => metadata.name === 'spywatcher-environment')?.rules ?? [];
  return rules
    .filter((rule) => verbs.every((verb) => rule.verbs.includes(verb)))
    .flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
    )
    .sort();
}

test('the documented rights are to make, change and remove what the target creates', () => {
  expect(createdResources().length).toBeGreaterThan(10);
  expect(resourcesWith(WHOLE_LIFE)).toEqual(createdResources());
});

test('beside those, pods may be seen and touched, and commands, events and logs read', () => {
  for (const [verb, resource] of [
    ['watch', '/pods'],
    ['patch', '/pods'],
    ['get', '/pods/exec'],
    ['get', '/pods/log'],
    ['list', '/events'],
    ['watch', 'apps/replicasets'],
  ] as const)
    expect(resourcesWith([verb])).toContain(resource);
});
