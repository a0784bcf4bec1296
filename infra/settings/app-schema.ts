import { z } from 'zod';
import {
  count,
  imageReference,
  integer,
  oneOf,
  optional,
  port,
  variables,
  words,
} from './fields.ts';
import { DRIVERS } from './drivers.ts';
import { LARGEST } from './largest.ts';
import { NOT_SHOWN } from './secret-settings.ts';

/** Settings of the app, see schema.ts. */
export const appSettings = z
  .strictObject({
    replicas: count(1, 100, 1),
    maxReplicas: optional(integer(1, 100)),
    maxSurge: optional(integer(0, 100)),
    poolMax: count(1, LARGEST['app.poolMax'], 5),
    port: port.default(3_001).describe('a port from 1024 to 65535'),
    adminPort: optional(port),
    drainSeconds: count(1, 600, 20),
    requestTimeoutSeconds: count(2, 600, 15),
    memoryMiB: count(128, 65_536, 512),
    cpus: z.number().min(0.1).max(64).default(1).describe('a number of CPUs from 0.1 to 64'),
    logFormat: oneOf('json', 'pretty').default('json').describe('json or pretty'),
    image: optional(imageReference),
    command: optional(words),
    user: optional(integer(1, 4_294_967_294)),
    driver: optional(oneOf(...DRIVERS)),
    health: z
      .union([
        z.strictObject({ path: z.string().regex(/^\/\S*$/), port: port.optional() }),
        z.strictObject({ command: words }),
      ])
      .optional()
      .describe('a map of path, which begins with /, and port; or of command, a list of words'),
    migrate: z
      .union([words, z.literal('off')])
      .optional()
      .describe('a list of words, the program first; or off'),
    secretsAs: oneOf('file', 'env').default('file').describe('file or env'),
    env: variables,
    secrets: z
      .record(z.string(), z.literal(NOT_SHOWN))
      .default({})
      .describe('names of variables with a Pulumi secret each'),
  })
  .prefault({})
  .describe('a map of settings of the app');
