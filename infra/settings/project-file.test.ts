import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { settingsSchema } from './schema.ts';
import { SECRET_SETTINGS } from './secret-settings.ts';

interface Declaration {
  readonly type: string;
  readonly description: string;
  readonly secret?: boolean;
  readonly default?: unknown;
}

const NAMESPACE = 'spywatcher:';
const PROJECT_FILE = join(import.meta.dirname, '..', '..', 'Pulumi.yaml');

/** Declarations of Pulumi.yaml by setting. */
function readDeclarations(): Readonly<Record<string, Declaration>> {
  const { config } = parse(readFileSync(PROJECT_FILE, 'utf8')) as {
    readonly config: Readonly<Record<string, Declaration>>;
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, declaration]) => [
      key.startsWith(NAMESPACE) ? key.slice(NAMESPACE.length) : key,
      declaration,
    ]),
  );
}

/** Fields of a map in their order, those of a map inside it in brackets: `host, ingress (host)`. */
function fieldsOf(schema: z.ZodType): string | undefined {
  const inner =
    schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject)) return undefined;
  return Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>)
    .map(([name, field]) => {
      const fields = fieldsOf(field);
      return fields === undefined ? name : `${name} (${fields})`;
    })
    .join(', ');
}

const declarations = readDeclarations();
const maps = Object.entries(settingsSchema.shape as Readonly<Record<string, z.ZodType>>).flatMap(
  ([name, schema]) => {
    const fields = fieldsOf(schema);
    return fields === undefined ? [] : [[name, fields] as const];
  },
);

test('Pulumi.yaml declares every setting and every secret, and nothing else', () => {
  const settings = [...Object.keys(settingsSchema.shape), ...SECRET_SETTINGS];
  expect(Object.keys(declarations).sort()).toEqual(settings.sort());
});

test.each(maps)('%s is declared with its fields: %s', (name, fields) => {
  expect(declarations[name]).toMatchObject({ type: 'object', default: {} });
  expect(declarations[name]?.description.split(';')[0]).toBe(fields);
});

test('only what every stack must set is declared without a default', () => {
  const required = Object.entries(declarations).flatMap(([name, declaration]) =>
    declaration.default === undefined ? [name] : [],
  );
  expect(required).toEqual(['target', 'rootSecret', 'credentialsVersion']);
});

test('no declaration is both secret and defaulted: Pulumi would refuse the default', () => {
  const both = Object.values(declarations).filter(
    (declaration) => declaration.secret === true && declaration.default !== undefined,
  );
  expect(both).toEqual([]);
  expect(declarations['rootSecret']?.secret).toBe(true);
});
