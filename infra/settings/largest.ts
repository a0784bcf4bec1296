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
