/** Builds the four images of this repository, for the engine, the cluster or a registry. */
import { stringify } from 'yaml';
import { CallError, runCommand } from '../call.ts';
import { loadImages } from '../../test-cluster/load-images.ts';
import { buildImages, type Registry } from '../images/image-build.ts';

await runCommand(
  {
    synopsis: 'npm run images [-- --load | --push REGISTRY | --find REGISTRY]',
    text: [
      'Builds the images of app, postgres, pgbouncer and redis with the Docker Engine, tagged by',
      'their content, and prints them as they stand in Pulumi.<stack>.yaml. Existing images are',
      'left alone.',
      '  --load           copy them into the cluster of npm run cluster -- up',
      '  --push REGISTRY  pull the images of the same content from REGISTRY, build and push the',
      '                   others, and name all by digest; REGISTRY is a host and a folder such as',
      '                   registry.example/team, in any case; run docker login first',
      '  --find REGISTRY  as --push, but what is missing is named by its tag, not built',
    ].join('\n'),
    flags: ['load'],
    options: ['push', 'find'],
    takesStack: false,
  },
  async ({ flags, options: { push, find } }) => {
    const chosen = [flags.has('load'), push !== undefined, find !== undefined];
    if (chosen.filter(Boolean).length > 1)
      throw new CallError('Choose one of --load, --push and --find.');
    const registry = readRegistry(push, 'push') ?? readRegistry(find, 'name');
    const { images, env } = await buildImages(undefined, registry);
    if (flags.has('load')) await loadImages(Object.values(images), env);
    process.stdout.write(stringify({ config: { 'spywatcher:images': images } }, { lineWidth: 0 }));
    return 0;
  },
);

/** References are in lower case, the names of repositories on a code host need not be. */
function readRegistry(
  address: string | undefined,
  missing: Registry['missing'],
): Registry | undefined {
  if (address === undefined) return undefined;
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/i.test(address))
    throw new CallError(
      `REGISTRY: got "${address}"; allowed: a host and a folder such as ` +
        'registry.example/team, without a scheme and a tag.',
    );
  return { address: address.toLowerCase(), missing };
}
