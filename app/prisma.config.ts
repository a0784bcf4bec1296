import { defineConfig } from 'prisma/config';

/** For the Prisma CLI in development only; the image holds neither the CLI nor this file. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
