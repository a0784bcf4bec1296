import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveCredentials } from '../../../infra/credentials.ts';
import { planEnvironment } from '../../../infra/plan/plan.ts';
import { checkSettings } from '../../../infra/settings/check-settings.ts';
import { deployTarget } from '../../../infra/targets/target.ts';
import { readEngine } from '../../../infra/targets/docker/engine.ts';
import { requestedResources } from '../../../infra/testing/mock-engine.ts';
import { installPackages } from '../../../toolchain/debian/debian-packages.ts';
import { findProgram, runProgram } from '../../../toolchain/program.ts';
import { writeComposeFile } from './compose-file.ts';

/** The same environment, run by docker-compose. */
export interface ComposeProject {
  /** Returns when docker-compose has started every container. */
  readonly up: () => Promise<void>;
  /** Removes the containers, the networks and the volumes. */
  readonly down: () => Promise<void>;
  /** Also forgets the files. */
  readonly close: () => Promise<void>;
}

interface ComposeShape {
  readonly name: string;
  readonly rootSecret: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly images: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/** Translates the environment of these settings; installs docker-compose where it is missing. */
export async function openComposeProject(shape: ComposeShape): Promise<ComposeProject> {
  const { name, rootSecret, settings, images, report } = shape;
  if (findProgram('docker-compose') === undefined)
    await installPackages({ packages: ['docker-compose'], purpose: 'docker-compose', report });
  const plan = planEnvironment(checkSettings({ ...settings, images }, name));
  const requests = await requestedResources(name, () =>
    deployTarget(plan, deriveCredentials({ rootSecret, version: 1 }), {
      readEngine,
      bundleApp: () => Promise.resolve(),
      readClusterIdentity: () => Promise.reject(new Error('there is no cluster')),
    }),
  );
  const containers = new Map(
    requests.flatMap(({ request }) =>
      request.getType() === 'docker:index/container:Container'
        ? [[request.getName(), request.getObject()?.toJavaScript()] as const]
        : [],
    ),
  );
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const file = writeComposeFile(folder, containers, images);
  const compose = async (...args: readonly string[]): Promise<void> => {
    await runProgram('docker-compose', ['--project-name', name, '--file', file, ...args]);
  };
  const down = (): Promise<void> => compose('down', '--volumes', '--remove-orphans');
  return {
    up: () => compose('up', '--detach', '--no-build'),
    down,
    close: async () => {
      await down();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
