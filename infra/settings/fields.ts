import { z } from 'zod';

export const integer = (min: number, max: number) =>
  z.int().min(min).max(max).describe(`an integer from ${min} to ${max}`);
export const count = (min: number, max: number, standard: number) =>
  integer(min, max).default(standard).describe(`an integer from ${min} to ${max}`);
export const truth = (standard: boolean) => z.boolean().default(standard).describe('true or false');
export const oneOf = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names).describe(names.join(' or '));
export const port = z.int().min(1_024).max(65_535).describe('a port from 1024 to 65535');
/** A key without a default, or with one that depends on others: see defaults.ts. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.optional().describe(schema.description ?? '');

/** Names as Kubernetes wants them (RFC 1123). */
export const dnsName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Image references `host:port/name:tag@digest`, without registries in upper case: only a tag may
 * have upper-case letters. https://github.com/distribution/reference/blob/main/reference.go
 */
const imageName = new RegExp(
  [
    /^[a-z0-9][a-z0-9._-]*(:[0-9]+(?=\/))?(\/[a-z0-9][a-z0-9._-]*)*/,
    /(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

export const imageReference = z
  .string()
  .regex(imageName)
  .describe('an image reference such as registry/name:tag or name@sha256:...');

/** Words of a command, which no shell reads. */
export const words = z.array(z.string()).min(1).describe('a list of words, the program first');

export const variables = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .default({})
  .describe('names of variables with a text, a number or true/false each');

export const vendorSettings = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .default({})
  .describe('keys with a text, a number or true/false each');
