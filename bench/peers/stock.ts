/** What many would write first: Express, Prisma, ioredis, every default, and nothing around. */
import { serveExpress } from './express-routes.ts';

serveExpress();
