import { PrismaPg } from '@prisma/adapter-pg';
import { Redis } from 'ioredis';
import { PrismaClient } from '../../app/src/generated/client.ts';
import { requiredVariable } from './required-variable.ts';

/** Prisma and ioredis as their READMEs open them: an address, and every default. */
export interface DefaultClients {
  readonly prisma: PrismaClient;
  readonly redis: Redis;
}

export function openDefaultClients(): DefaultClients {
  const adapter = new PrismaPg({ connectionString: requiredVariable('DATABASE_URL') });
  return {
    prisma: new PrismaClient({ adapter }),
    redis: new Redis(requiredVariable('REDIS_URL')),
  };
}
