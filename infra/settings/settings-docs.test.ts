import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { checkSettings } from './check-settings.ts';
import { TARGET_DEFAULTS } from './defaults.ts';
import { externalPostgres } from './external-postgres-schema.ts';
import { settingsSchema } from './schema.ts';

/** A setting as the page introduces it: its key, its range, and its default or `required`. */
interface Entry {
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

/** Defaults in the page's words, for keys to which the schema itself gives none. */
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
  'app.image': 'ours',
  'app.command': "the image's own",
  'app.user': '10001',
  'app.driver': 'none, which is right for all',
  'app.health': 'required with `app.image`',
  'app.migrate': '`off` with `app.image`',
  'pooler.placement': `${byTarget('placement')} unless \`app.image\` is set`,
  'pooler.poolSize': byTarget('poolSize'),
  'postgres.external': 'none',
  'backup.enabled': '`postgres.protect`, and `false` with `postgres.external`',
};

/** Each setting of the schema, in its order. */
function schemaEntries(): readonly Entry[] {
  return leavesOf(settingsSchema).map(({ key, schema }) => {
    const standard = schemaDefault(key);
    const shown = standard === undefined ? WITHOUT_DEFAULT[key] : `\`${JSON.stringify(standard)}\``;
    return {
      key,
      allowed: allowedOf(schema),
      standard: shown ?? 'none, so the page must tell what happens',
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

/** What stands between two comments of a page, each list entry on a line of its own. */
function listIn(page: string, name: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  return text
    .slice(text.indexOf(`<!-- ${name}:`), text.indexOf(`<!-- end of ${name} -->`))
    .replaceAll(/\n +/g, ' ');
}

function pageEntries(): readonly Entry[] {
  return [
    ...listIn('settings.md', 'settings').matchAll(
      /^- `([^`]+)`: (.*?); (?:default: (.*?)|(required))\. \S/gm,
    ),
  ].map(([, key = '', allowed = '', standard, required]) => ({
    key,
    allowed,
    standard: standard ?? required ?? '',
  }));
}

test('the page lists every setting in order, with the range and the default of the schema', () => {
  expect(pageEntries()).toEqual(schemaEntries());
});

test('defaults that follow from other settings are those of the page', () => {
  const complete = (raw: object) => checkSettings({ ...REQUIRED, ...raw }, 'dev').settings;
  const docker = complete({ app: { replicas: 7, port: 4_000 } });
  const kubernetes = complete({ target: 'kubernetes', app: { replicas: 7, port: 4_000 } });
  for (const protect of [true, false])
    expect(complete({ postgres: { protect } }).backup.enabled).toBe(protect);
  expect(complete({ postgres: { external: { host: 'db.example' } } }).backup.enabled).toBe(false);
  for (const { app } of [docker, kubernetes]) expect(app.maxReplicas).toBe(7);
  expect([docker.app.adminPort, kubernetes.app.adminPort]).toEqual([4_000, 4_001]);
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

test('docs/external-postgres.md lists every key of an external server with its default', () => {
  const { shape } = externalPostgres.unwrap();
  const defaults = new Map<string, unknown>(
    Object.entries(externalPostgres.parse({ host: 'db.example' }) ?? {}),
  );
  const entries = [
    ...listIn('external-postgres.md', 'keys').matchAll(
      /^- `(\w+)`: (?:(required)|default:? (?:`([^`]+)`|[^`]+?))\./gm,
    ),
  ].map(([, key = '', required, standard]) => [key, required ?? standard ?? 'in words']);
  const expected = Object.keys(shape).map((key) => {
    if (key === 'host') return [key, 'required'];
    return [key, defaults.has(key) ? String(defaults.get(key)) : 'in words'];
  });
  expect(entries).toEqual(expected);
});
