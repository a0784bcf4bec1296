import { createHash } from 'node:crypto';
import type { Credentials } from '../credentials.ts';
import type { PoolerPlan } from '../plan/plan.ts';
import { renderPoolerUsers } from './console.ts';

/** SHA-256 of pgbouncer.ini and userlist.txt, one behind the other: each bouncer writes down which one it has read. */
export function poolerContent({ ini }: Pick<PoolerPlan, 'ini'>, credentials: Credentials): string {
  return createHash('sha256').update(ini).update(renderPoolerUsers(credentials)).digest('hex');
}
