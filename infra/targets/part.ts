import * as pulumi from '@pulumi/pulumi';
import { PART_TYPES } from '../settings/standard-names.ts';

/** Names of the parts of an environment, in the program and in labels, and their types. */
const TYPES = {
  network: 'Network',
  postgres: 'Postgres',
  redis: 'Redis',
  pgbouncer: 'PgBouncer',
  migrate: 'Migrate',
  backup: 'Backup',
  app: 'App',
} as const;

export type PartName = keyof typeof TYPES;

/**
 * A part of an environment, under which `pulumi up` shows the resources that belong to it. Each
 * target has a class for each part. Parts wait for resources of other parts, never for whole parts:
 * that would wait for their last resource too, such as PgBouncer's reload after the app.
 */
export abstract class Part<Name extends PartName = PartName> extends pulumi.ComponentResource {
  readonly part: Name;
  readonly environment: string;

  constructor(part: Name, environment: string) {
    super(`${PART_TYPES}${TYPES[part]}`, part);
    this.part = part;
    this.environment = environment;
  }

  /**
   * Returns the options of a resource in this part; every one of them takes its options from here.
   *
   * In environments that were made before there were parts, all resources are at the root of the
   * stack. By the alias the engine finds them there and moves them below their part in the state.
   * Without it, the same update would create each resource a second time and delete the first.
   * https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
   */
  childOptions(options: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { ...options, parent: this, aliases: [{ parent: pulumi.rootStackResource }] };
  }
}
