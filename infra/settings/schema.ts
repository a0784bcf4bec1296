import { z } from 'zod';
import { MIN_QUERY_WAIT_TIMEOUT_SECONDS } from '../../pgbouncer/defaults.ts';
import { externalPostgres } from './external-postgres-schema.ts';

/**
 * Largest values of the settings that the budget counts. A deployed environment reports how much of
 * that is left.
 */
export const LARGEST = {
  'app.poolMax': 1_000,
  'pooler.poolSize': 10_000,
  'pooler.maxClientConn': 16_000,
  'postgres.maxConnections': 10_000,
} as const;

const integer = (min: number, max: number) =>
  z.int().min(min).max(max).describe(`an integer from ${min} to ${max}`);
const count = (min: number, max: number, standard: number) =>
  integer(min, max).default(standard).describe(`an integer from ${min} to ${max}`);
const truth = (standard: boolean) => z.boolean().default(standard).describe('true or false');
const oneOf = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names).describe(names.join(' or '));
/** Five fields of digits, `*`, `,`, `-` and `/`; the cluster decides whether they name a time. */
const cronFields = /^[0-9*,/-]+( [0-9*,/-]+){4}$/;
const port = z.int().min(1_024).max(65_535).describe('a port from 1024 to 65535');
/** A key without a default, or with one that depends on others: see defaults.ts. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.optional().describe(schema.description ?? '');

/** Names as Kubernetes wants them (RFC 1123). */
const dnsName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

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

const imageReference = z
  .string()
  .regex(imageName)
  .describe('an image reference such as registry/name:tag or name@sha256:...');

const vendorSettings = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .default({})
  .describe('keys with a text, a number or true/false each');

/**
 * Every setting with its range, and its default where that depends on nothing else; the other
 * defaults stand in defaults.ts, and there are none elsewhere. The description of a field is what a
 * refusal shows as "allowed".
 */
export const settingsSchema = z.strictObject({
  target: oneOf('docker', 'kubernetes'),
  credentialsVersion: integer(1, 1_000),
  images: z
    .strictObject({
      app: optional(imageReference),
      postgres: optional(imageReference),
      pgbouncer: optional(imageReference),
      redis: optional(imageReference),
    })
    .prefault({})
    .describe('a map of app, postgres, pgbouncer, redis to image references'),
  kubernetes: z
    .strictObject({
      context: optional(z.string().min(1).describe('the name of a context in your kubeconfig')),
      storageClass: optional(z.string().regex(dnsName).describe('the name of a StorageClass')),
      podStartSeconds: count(30, 3_600, 300),
      imagePullSecret: optional(
        z.string().regex(dnsName).describe("the name of a Secret in the environment's namespace"),
      ),
      ingress: z
        .strictObject({
          host: z.string().regex(dnsName).describe('a host name'),
          className: optional(z.string().regex(dnsName).describe('the name of an IngressClass')),
          tlsSecret: optional(
            z.string().regex(dnsName).describe('the name of a Secret with a certificate'),
          ),
        })
        .optional()
        .describe('a map of host, className, tlsSecret'),
    })
    .prefault({})
    .describe('a map of context, storageClass, podStartSeconds, imagePullSecret, ingress'),
  app: z
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
    })
    .prefault({})
    .describe('a map of settings of the app'),
  pooler: z
    .strictObject({
      enabled: truth(true),
      placement: optional(oneOf('shared', 'sidecar')),
      processes: count(1, 32, 1),
      poolSize: optional(integer(1, LARGEST['pooler.poolSize'])),
      minPoolSize: count(0, 10_000, 5),
      reservePoolSize: count(0, 10_000, 5),
      maxClientConn: count(1, LARGEST['pooler.maxClientConn'], 100),
      queryWaitTimeoutSeconds: count(MIN_QUERY_WAIT_TIMEOUT_SECONDS, 300, 5),
      publishPort: z
        .union([port, z.literal('off')])
        .default('off')
        .describe('a port from 1024 to 65535, or off'),
      settings: vendorSettings,
    })
    .prefault({})
    .describe('a map of settings of PgBouncer'),
  postgres: z
    .strictObject({
      maxConnections: count(10, LARGEST['postgres.maxConnections'], 100),
      reservedConnections: count(0, 1_000, 10),
      memoryMiB: count(256, 1_048_576, 2_048),
      storageGiB: count(1, 65_536, 10),
      protect: truth(true),
      settings: vendorSettings,
      external: externalPostgres,
    })
    .prefault({})
    .describe('a map of settings of Postgres'),
  backup: z
    .strictObject({
      enabled: optional(z.boolean().describe('true or false')),
      schedule: z
        .string()
        .regex(cronFields)
        .default('17 2 * * *')
        .describe('five cron fields with a space between, in UTC'),
      fullEveryDays: count(1, 365, 7),
      keepFull: count(1, 100, 2),
      recoveryPointSeconds: count(10, 86_400, 60),
      storageGiB: count(1, 65_536, 20),
    })
    .prefault({})
    .describe('a map of settings of the backups'),
  redis: z
    .strictObject({
      maxMemoryMiB: count(16, 65_536, 128),
      persistence: oneOf('aof', 'none').default('aof').describe('aof or none'),
      protect: truth(true),
    })
    .prefault({})
    .describe('a map of settings of Redis'),
  monitoring: z
    .strictObject({
      intervalSeconds: count(1, 3_600, 60),
      warnPercent: count(1, 99, 80),
      criticalPercent: count(2, 100, 95),
      slowQueryMs: count(1, 600_000, 1_000),
    })
    .prefault({})
    .describe('a map of settings of the monitoring'),
});

export type ParsedSettings = z.output<typeof settingsSchema>;
