import { PlanRefused } from '../../settings/fault.ts';
import type { Settings } from '../../settings/settings.ts';
import { checkDeployable } from '../deployable.ts';

/**
 * References of the images, as the nodes pull them; `postgres` is empty where the server is not
 * ours.
 */
export type DeployedImages = Readonly<Record<'app' | 'postgres' | 'pgbouncer' | 'redis', string>>;

/**
 * Reads the references from the settings.
 * @throws {PlanRefused} when one is not named: a cluster cannot build it.
 */
export function readImages(settings: Settings): DeployedImages {
  const { app, pgbouncer, redis } = settings.images;
  const postgres = settings.postgres.external === undefined ? settings.images.postgres : '';
  if (app === undefined || postgres === undefined || pgbouncer === undefined || redis === undefined)
    throw new PlanRefused(checkDeployable(settings));
  return { app, postgres, pgbouncer, redis };
}
