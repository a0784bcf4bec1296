import { createHash } from 'node:crypto';
import { renderUserlist } from '../../pgbouncer/userlist.ts';
import type { Credentials } from '../credentials.ts';
import type { PoolerPlan } from '../plan/pooler.ts';

/** Renders userlist.txt: who may log in to PgBouncer, by verifier. */
export function renderPoolerUsers({
  app,
  earlierApps,
  poolerAdmin,
  poolerMonitor,
}: Credentials): string {
  return renderUserlist(
    [app, ...earlierApps, poolerAdmin, poolerMonitor].map(({ name, verifier }) => ({
      name,
      secret: verifier,
    })),
  );
}

/**
 * Returns the SHA-256 of pgbouncer.ini and userlist.txt, one behind the other: each bouncer writes
 * down which one it has read.
 */
export function poolerContent({ ini }: Pick<PoolerPlan, 'ini'>, credentials: Credentials): string {
  return createHash('sha256').update(ini).update(renderPoolerUsers(credentials)).digest('hex');
}
