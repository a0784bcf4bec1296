import { PlanRefused } from '../../fault.ts';
import type { Settings } from '../../settings.ts';
import { checkDeployable } from '../deployable.ts';

/** References of the images, as the nodes pull them. */
export type DeployedImages = Readonly<Record<'app' | 'postgres' | 'pgbouncer' | 'redis', string>>;

/** @throws {PlanRefused} when one is not named: a cluster cannot build it. */
export function readImages(settings: Settings): DeployedImages {
  const { app, postgres, pgbouncer, redis } = settings.images;
  if (app === undefined || postgres === undefined || pgbouncer === undefined || redis === undefined) throw new PlanRefused(checkDeployable(settings));
  return { app, postgres, pgbouncer, redis };
}
