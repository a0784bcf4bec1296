/** The project's name, in every name and label of an environment. */
export const PROJECT = 'spywatcher';

/** Begins the types of the parts that resources are grouped into; a part is no object itself. */
export const PART_TYPES = `${PROJECT}:environment:`;

/** The database's name, at PgBouncer and at a Postgres of the stack's own. */
export const DATABASE = 'spywatcher';

export const POSTGRES_PORT = 5_432;
export const POOLER_PORT = 6_432;
export const REDIS_PORT = 6_379;

/** Directories inside the containers. */
export const POSTGRES_SOCKET_DIRECTORY = '/run/postgresql';
export const POOLER_SOCKET_DIRECTORY = '/run/pgbouncer';
export const POOLER_CONFIG_DIRECTORY = '/etc/pgbouncer';
export const SECRETS_DIRECTORY = '/run/secrets';

/** Directory and file of the planned limits, which the app's monitoring shows beside the use. */
export const MONITORING_DIRECTORY = '/run/monitoring';
export const MONITORING_PLAN_FILE = 'plan.json';
/** Name of the entry in Pulumi's state that holds which cluster was deployed to. */
export const CLUSTER_STASH = 'cluster-identity';
