import { z } from 'zod';
import { MIN_QUERY_WAIT_TIMEOUT_SECONDS } from '../../pgbouncer/defaults.ts';
import { appSettings } from './app-schema.ts';
import { externalPostgres } from './external-postgres-schema.ts';
import {
  count,
  dnsName,
  imageReference,
  integer,
  oneOf,
  optional,
  port,
  truth,
  vendorSettings,
} from './fields.ts';
import { LARGEST } from './largest.ts';

/** Five fields of digits, `*`, `,`, `-` and `/`; the cluster decides whether they name a time. */
const cronFields = /^[0-9*,/-]+( [0-9*,/-]+){4}$/;

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
  app: appSettings,
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
