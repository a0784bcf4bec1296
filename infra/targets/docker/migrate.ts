import type * as pulumi from '@pulumi/pulumi';
import { SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import { planPreparation } from '../../app/preparation.ts';
import { MEMORY_MIB } from '../../plan/components.ts';
import { contentHash } from '../content-hash.ts';
import type { Database } from './database.ts';
import { deployImage } from './image.ts';
import { deployOneShot } from './one-shot.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import { deployFiles } from './volumes.ts';

interface MigrateArgs {
  /** Id of our app's image, which prepares databases; built here when the app is another one. */
  readonly image: pulumi.Output<string> | undefined;
  readonly database: Database;
  /** Is done when what the image is built from is there. */
  readonly bundled?: Promise<void>;
}

/** The blocking one-shot: roles, grants, timeouts, migrations, RECONNECT. */
export class Migrate extends DockerPart<'migrate'> {
  /** Is done only when the database is ready. */
  readonly done: pulumi.Resource;

  constructor(docker: Docker, { image: apps, database, bundled }: MigrateArgs) {
    super('migrate', docker);
    const { plan, credentials, network } = docker;
    const image =
      apps ??
      deployImage(this, {
        folder: 'app',
        reference: plan.settings.images.app,
        ...(bundled === undefined ? {} : { made: bundled }),
      });
    const contents = { 'preparation.json': JSON.stringify(planPreparation(plan, credentials)) };
    const secrets = deployFiles(this, {
      name: 'migrate-files',
      volume: 'migrate-secrets',
      path: SECRETS_DIRECTORY,
      image,
      contents,
    });
    const isElsewhere = plan.settings.postgres.external !== undefined;
    this.done = deployOneShot(
      this,
      {
        name: 'migrate',
        image,
        user: 'app',
        command: ['migrate.js'],
        environmentVariables: { PREPARATION_FILE: `${SECRETS_DIRECTORY}/preparation.json` },
        mounts: [secrets.mount, ...database.sockets],
        attachments: isElsewhere ? [{ network: network.edge, aliases: [] }] : [],
        memoryMiB: MEMORY_MIB.migrate,
        stopSignal: 'SIGTERM',
        graceSeconds: plan.timeouts.drain.closingSeconds,
        startedWith: contentHash(contents),
      },
      [secrets.resource, ...database.servers],
    );
    this.registerOutputs({ image });
  }
}
