import { deriveCredentials } from '../infra/credentials.ts';

/** Of every environment that a suite opens for itself: they are kept apart by their scopes. */
export const ROOT_SECRET = 'a root secret that only the e2e tests know';

export const credentials = deriveCredentials({ rootSecret: ROOT_SECRET, version: 1 });
