/**
 * Addresses and names of the one-node cluster. All of them live in a network namespace of its own,
 * so that they collide with nothing on the machine; only the API server can be reached from
 * outside, through a port on 127.0.0.1.
 */
export const NODE_NAME = 'node-1';
export const NODE_ADDRESS = '10.95.0.1';

export const SERVICE_RANGE = '10.96.0.0/16';
/** First of the service range: the API server, for pods. */
export const API_SERVICE_ADDRESS = '10.96.0.1';
export const DNS_SERVICE_ADDRESS = '10.96.0.10';

export const POD_RANGE = '10.244.0.0/16';
/** What a controller manager gives to its first node. */
export const NODE_POD_RANGE = '10.244.0.0/24';

export const CLUSTER_DOMAIN = 'cluster.local';

/** Inside the node. */
export const API_PORT = 6_443;
/** On 127.0.0.1 of the machine; the next free one from here on. */
export const FIRST_OUTSIDE_PORT = 26_443;
