import { CallError } from '../call.ts';
import { lastLines, tryProgram } from '../../toolchain/program.ts';
import type { Report } from '../../toolchain/progress.ts';

interface NamedImages {
  /** References by what they are for, as `images` in the settings. */
  readonly images: Readonly<Record<string, string | undefined>>;
  /** The environment for `docker`, logged in where the registry asks for it. */
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
}

/**
 * Brings the images that the settings name to the engine by `docker pull`, which knows the user's
 * logins: Pulumi's provider pulls without any, but takes what is there. What the engine has is left
 * alone.
 * @throws {CallError} naming the setting, with Docker's words.
 */
export async function pullNamedImages({ images, env, report }: NamedImages): Promise<void> {
  for (const [name, reference] of Object.entries(images)) {
    if (
      reference === undefined ||
      (await tryProgram('docker', ['image', 'inspect', reference], { env })).code === 0
    )
      continue;
    report(`Pulling ${reference}`);
    const { code, stderr } = await tryProgram('docker', ['pull', reference], { env });
    if (code === 0) continue;
    throw new CallError(
      `images.${name}: got ${reference}, which Docker cannot pull: ${lastLines(stderr, 1)}\n` +
        'Log in to its registry (docker login) where it asks for that, or name an image that ' +
        'is there.',
    );
  }
}
