import type { Driver } from '../settings/drivers.ts';
import type { Fault } from '../settings/fault.ts';
import type { Settings } from '../settings/settings.ts';
import { UIDS } from './components.ts';

/** An app that is not ours: any image, and how it is run. */
export interface AppProgram {
  readonly image: string;
  /** Instead of the image's own. */
  readonly command?: readonly string[];
  /** Uid of its process, which is its gid too. */
  readonly user: number;
  readonly driver: Driver | 'not named';
  /** What tells that it is ready: a GET that answers 200 to 399, or a program that ends with 0. */
  readonly health:
    { readonly path: string; readonly port: number } | { readonly command: readonly string[] };
  /** What brings its schema up to date, as the owner and past the pooler. */
  readonly migrate: readonly string[] | 'off';
  readonly secretsAs: 'file' | 'env';
}

/** Reads how an image that is not ours is run, from settings that were checked. */
export function planAppProgram({
  target,
  app,
}: Pick<Settings, 'target' | 'app'>): AppProgram | 'ours' {
  const { image, command, user = UIDS[target].app, health, migrate = 'off', secretsAs } = app;
  if (image === undefined) return 'ours';
  return {
    image,
    ...(command === undefined ? {} : { command }),
    user,
    driver: app.driver ?? 'not named',
    health:
      health !== undefined && 'command' in health
        ? health
        : { path: health?.path ?? '/', port: health?.port ?? app.port },
    migrate,
    secretsAs,
  };
}

/** Whether each client keeps a server connection: behind a transaction pooler drivers differ. */
export const poolsSessions = ({ app }: Pick<Settings, 'app'>): boolean =>
  app.image !== undefined && app.driver === undefined;

/** Finds more clients than there are server connections, where each keeps one. */
export function checkSessions(settings: Settings, instances: number): Fault[] {
  const { app, pooler } = settings;
  const servers = pooler.poolSize + pooler.reservePoolSize;
  const clients = instances * app.poolMax;
  if (!pooler.enabled || !poolsSessions(settings) || clients <= servers) return [];
  return [
    {
      key: 'app.poolMax',
      got:
        `${instances} x ${app.poolMax} = ${clients} client connections, each of which keeps its ` +
        'own server connection',
      allowed: `at most ${servers} (pooler.poolSize + pooler.reservePoolSize)`,
      remedy:
        `Lower app.poolMax to ${Math.floor(servers / instances)}, or raise pooler.poolSize to ` +
        `${clients - pooler.reservePoolSize}. Or name app.driver, so that they share.`,
    },
  ];
}
