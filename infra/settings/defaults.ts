import type { ParsedSettings } from './schema.ts';
import type { Settings } from './settings.ts';

/**
 * Defaults that depend on the target; those that depend on nothing stand in the schema.
 *
 * Docker runs one app and one bouncer. On Kubernetes each pod has a bouncer of its own, a rollout
 * needs room for one pod more, and several bouncers share the server connections that one has on
 * Docker.
 */
export const TARGET_DEFAULTS = {
  docker: { maxSurge: 0, placement: 'shared', poolSize: 25 },
  kubernetes: { maxSurge: 1, placement: 'sidecar', poolSize: 10 },
} as const;

/** Fills in the defaults that follow from the target or from another setting. */
export function completeSettings(parsed: ParsedSettings, environment: string): Settings {
  const { target, app, pooler, postgres, backup } = parsed;
  const defaults = TARGET_DEFAULTS[target];
  return {
    ...parsed,
    environment,
    app: {
      ...app,
      maxReplicas: app.maxReplicas ?? app.replicas,
      maxSurge: app.maxSurge ?? defaults.maxSurge,
      adminPort: app.adminPort ?? (target === 'docker' ? app.port : portBeside(app.port)),
    },
    pooler: {
      ...pooler,
      placement: pooler.placement ?? (app.image === undefined ? defaults.placement : 'shared'),
      poolSize: pooler.poolSize ?? defaults.poolSize,
    },
    backup: {
      ...backup,
      enabled: backup.enabled ?? (postgres.protect && postgres.external === undefined),
    },
  };
}

/** A port of its own for the admin routes: a network policy can close a port, not a path. */
const portBeside = (port: number): number => (port < 65_535 ? port + 1 : port - 1);
