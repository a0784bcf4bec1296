/** The project's name, in every name and label of an environment. */
export const PROJECT = 'spywatcher';

/** Name of the entry in Pulumi's state that holds which cluster was deployed to. */
export const CLUSTER_STASH = 'cluster-identity';
