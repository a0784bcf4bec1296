import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { checkSettings } from './check-settings.ts';
import { TARGET_DEFAULTS } from './defaults.ts';
import { settingsSchema } from './schema.ts';

interface Row {
  readonly key: string;
  readonly allowed: string;
  readonly standard: string;
}

const REQUIRED = { target: 'docker', credentialsVersion: 1 };

/** `0` on docker, `1` on kubernetes */
function byTarget(key: keyof (typeof TARGET_DEFAULTS)['docker']): string {
  const { docker, kubernetes } = TARGET_DEFAULTS;
  const shown = [docker[key], kubernetes[key]].map((value) => `\`${JSON.stringify(value)}\``);
  return `${shown[0]} on docker, ${shown[1]} on kubernetes`;
}

/** What the README says where the schema itself has no default. */
const WITHOUT_DEFAULT: Readonly<Record<string, string>> = {
  target: 'required',
  credentialsVersion: 'required',
  'images.app': 'built from this repository',
  'images.postgres': 'built from this repository',
  'images.pgbouncer': 'built from this repository',
  'images.redis': 'built from this repository',
  'kubernetes.context': 'the current one',
  'kubernetes.storageClass': "the cluster's own",
  'kubernetes.imagePullSecret': 'none',
  'kubernetes.ingress': 'none',
  'app.maxReplicas': 'as `app.replicas`',
  'app.maxSurge': byTarget('maxSurge'),
  'app.adminPort': '`app.port` on docker, the one after it on kubernetes',
  'pooler.placement': byTarget('placement'),
  'pooler.poolSize': byTarget('poolSize'),
  'postgres.external': 'none',
  'backup.enabled': '`postgres.protect`, and `false` with `postgres.external`',
};

/** Each setting of the schema, in its order. */
function schemaRows(): readonly Row[] {
  return leavesOf(settingsSchema).map(({ key, schema }) => {
    const standard = schemaDefault(key);
    const shown = standard === undefined ? WITHOUT_DEFAULT[key] : `\`${JSON.stringify(standard)}\``;
    return {
      key,
      allowed: allowedOf(schema),
      standard: shown ?? 'none, so the README must say what happens',
    };
  });
}

function schemaDefault(key: string): unknown {
  return Object.hasOwn(REQUIRED, key)
    ? undefined
    : valueAt(settingsSchema.parse(REQUIRED), key.split('.'));
}

function leavesOf(
  schema: z.ZodType,
  path: readonly string[] = [],
): readonly { readonly key: string; readonly schema: z.ZodType }[] {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject)) return [{ key: path.join('.'), schema }];
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
    leavesOf(field, [...path, key]),
  );
}

function allowedOf(schema: z.ZodType): string {
  const described =
    schema.description === undefined && schema instanceof z.ZodOptional
      ? (schema.unwrap() as z.ZodType)
      : schema;
  return described.description ?? 'nothing that the schema describes';
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((parent, key) => (parent as Record<string, unknown>)[key], value);
}

/** The rows of the README's table. */
function readmeRows(): readonly Row[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const table = text.slice(
    text.indexOf('<!-- settings:'),
    text.indexOf('<!-- end of settings -->'),
  );
  return [...table.matchAll(/^\| `([^`]+)` \| (.*?) \| (.*?) \| .+ \|$/gm)].map(
    ([, key = '', allowed = '', standard = '']) => ({ key, allowed, standard }),
  );
}

test('the README lists every setting in order, with its range and default', () => {
  expect(readmeRows()).toEqual(schemaRows());
});

test('defaults that follow from other settings are what the README says', () => {
  const complete = (raw: object) => checkSettings({ ...REQUIRED, ...raw }, 'dev').settings;
  const docker = complete({ app: { replicas: 7, port: 4000 } });
  const kubernetes = complete({ target: 'kubernetes', app: { replicas: 7, port: 4000 } });
  for (const protect of [true, false])
    expect(complete({ postgres: { protect } }).backup.enabled).toBe(protect);
  expect(complete({ postgres: { external: { host: 'db.example' } } }).backup.enabled).toBe(false);
  for (const { app } of [docker, kubernetes]) expect(app.maxReplicas).toBe(7);
  expect([docker.app.adminPort, kubernetes.app.adminPort]).toEqual([4000, 4001]);
  expect([docker.app.maxSurge, kubernetes.app.maxSurge]).toEqual([0, 1]);
  expect([docker.pooler.placement, kubernetes.pooler.placement]).toEqual(['shared', 'sidecar']);
  expect([docker.pooler.poolSize, kubernetes.pooler.poolSize]).toEqual([25, 10]);
});

test('only settings without a default in the schema are described by hand', () => {
  const open = leavesOf(settingsSchema).flatMap(({ key }) =>
    schemaDefault(key) === undefined ? [key] : [],
  );
  expect(Object.keys(WITHOUT_DEFAULT)).toEqual(open);
});
