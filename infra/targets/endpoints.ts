import type * as pulumi from '@pulumi/pulumi';

/** Where to find what was deployed. Texts that hold a password are secret outputs. */
export interface Endpoints {
  readonly appUrl: string;
  readonly adminUrl: string;
  readonly adminToken: pulumi.Output<string>;
  /**
   * Leads through the pooler, and past it when the pooler is off. Empty when the pooler is a
   * sidecar, which nothing outside its pod can reach.
   */
  readonly databaseUrl: pulumi.Output<string>;
  /**
   * Leads past the pooler, with the owner's login, for migrations and people. Its host resolves
   * inside the environment's network only.
   */
  readonly databaseUrlDirect: pulumi.Output<string>;
  /** Leads to PgBouncer's console; empty when the pooler is off or a sidecar. */
  readonly pgbouncerAdminUrl: pulumi.Output<string>;
}
