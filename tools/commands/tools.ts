/** Only the set-up part of `up`: Node, Pulumi, its providers, Docker Engine, base image. */
import { readBackend } from '../pulumi/backend.ts';
import { BASE_IMAGE } from '../../toolchain/debian/base-image.ts';
import { toolsDirectory } from '../../toolchain/places.mjs';
import { prepareTools } from '../../toolchain/prepare-tools.ts';

const args = process.argv.slice(2);
const say = (line: string): unknown => process.stderr.write(`${line}\n`);

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(
    'Usage: npm run tools\nFinds or makes what `npm run up` needs, and tells where it is. A second run changes nothing.\n',
  );
} else if (args.length > 0) {
  say(`npm run tools takes no arguments, but got "${args.join(' ')}". Run it without any.`);
  process.exitCode = 2;
} else {
  try {
    const { cli, home, docker } = await prepareTools({ needs: ['pulumi', 'docker'] });
    say(`Node             ${process.version}, ${process.execPath}`);
    say(`Pulumi           ${cli.version}, ${cli.origin}, ${cli.command}`);
    say(`Docker provider  in ${home}/plugins`);
    say(
      `Docker Engine    ${docker.version} (API ${docker.apiVersion}, ${docker.architecture}), ${docker.wasStarted ? 'started now' : 'was running'}, ${docker.host}`,
    );
    say(`Base image       ${BASE_IMAGE}`);
    say(`Backend          ${readBackend().url}`);
    say(`Tools directory  ${toolsDirectory()}`);
  } catch (error) {
    say((error as Error).message);
    process.exitCode = 1;
  }
}
