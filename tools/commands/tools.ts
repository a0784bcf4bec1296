/** Only the set-up part of `up`: Node, Pulumi, its provider, Docker Engine, base image. */
import { runCommand } from '../call.ts';
import { readBackend } from '../pulumi/backend.ts';
import { BASE_IMAGE } from '../../toolchain/debian/base-image.ts';
import { toolsDirectory } from '../../toolchain/places.mjs';
import { prepareTools } from '../../toolchain/prepare-tools.ts';

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

await runCommand(
  {
    synopsis: 'npm run tools',
    text: [
      'Finds or makes what npm run up needs for an environment on Docker, and prints where it is.',
      'A second run changes nothing.',
    ].join('\n'),
    flags: [],
    takesStack: false,
  },
  async () => {
    const { cli, home, docker } = await prepareTools({ needs: ['pulumi', 'docker'] });
    const { version, apiVersion, architecture, wasStarted, host } = docker;
    say(`Node             ${process.version}, ${process.execPath}`);
    say(`Pulumi           ${cli.version}, ${cli.origin}, ${cli.command}`);
    say(`Docker provider  in ${home}/plugins`);
    say(
      `Docker Engine    ${version} (API ${apiVersion}, ${architecture}), ` +
        `${wasStarted ? 'started now' : 'was running'}, ${host}`,
    );
    say(`Base image       ${BASE_IMAGE}`);
    say(`Backend          ${readBackend().url}`);
    say(`Tools directory  ${toolsDirectory()}`);
    return 0;
  },
);
