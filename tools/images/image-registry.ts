import { lastLines, runProgram, tryProgram } from '../../toolchain/program.ts';
import type { Report } from '../../toolchain/progress.ts';

export interface RegistryImage {
  /** Where it lies: `registry.example/spywatcher/app`. */
  readonly repository: string;
  /** Names its content. */
  readonly tag: string;
  /** The environment for `docker`, logged in where the registry asks for it. */
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
}

/**
 * A registry that has no such image, or shows us none. All else may be over in a minute, and must
 * not pass for that.
 */
const NOT_THERE = /unknown|not found|does not exist|denied|unauthorized|no basic auth/i;

/**
 * The reference by digest of what the registry has under this tag, pulled; `undefined` when it has
 * nothing, or lets us see nothing. Throws with Docker's words when the registry gives no answer:
 * the same content would get a second digest, or seem changed.
 */
export async function pullImage({
  repository,
  tag,
  env,
  report,
}: RegistryImage): Promise<string | undefined> {
  const reference = `${repository}:${tag}`;
  report(`looking for ${reference}`);
  const { code, stdout, stderr } = await tryProgram('docker', ['pull', reference], { env });
  if (code === 0) return byDigest(repository, stdout);
  if (!NOT_THERE.test(stderr))
    throw new Error(`Docker cannot find out whether ${reference} exists: ${lastLines(stderr, 3)}`);
  report(`${reference} cannot be pulled: ${lastLines(stderr, 1)}`);
  return undefined;
}

/**
 * Pushes an image of the engine and gives its reference by digest. Throws with Docker's words when
 * it may not.
 */
export async function pushImage(
  local: string,
  { repository, tag, env, report }: RegistryImage,
): Promise<string> {
  const reference = `${repository}:${tag}`;
  await runProgram('docker', ['tag', local, reference], { env });
  report(`pushing ${reference}`);
  return byDigest(repository, (await runProgram('docker', ['push', reference], { env })).stdout);
}

/** Not from the engine's list of digests: that has those of every earlier push too. */
function byDigest(repository: string, output: string): string {
  const digest = /\bdigest: (sha256:[0-9a-f]{64})\b/i.exec(output)?.[1];
  if (digest === undefined)
    throw new Error(
      `Docker did not print by which digest ${repository} has the image:\n${lastLines(output, 5)}`,
    );
  return `${repository}@${digest}`;
}
