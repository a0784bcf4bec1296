/** Builds the four images of this repository; --load brings them into the cluster. */
import { stringify } from 'yaml';
import { runCommand } from '../call.ts';
import { loadImages } from '../cluster/load-images.ts';
import { buildImages } from '../image-build.ts';

await runCommand(
  {
    synopsis: 'npm run images [-- --load]',
    text: [
      'Builds the images of app, postgres, pgbouncer and redis with the Docker Engine, tagged by what is in them, and prints',
      'them as they go into Pulumi.<stack>.yaml. What is there already is left alone.',
      '  --load  copy them into the cluster of `npm run cluster -- up`',
    ].join('\n'),
    flags: ['load'],
    takesStack: false,
  },
  async ({ flags }) => {
    const { images, env } = await buildImages();
    if (flags.has('load')) await loadImages(Object.values(images), env);
    process.stdout.write(stringify({ config: { 'spywatcher:images': images } }));
    return 0;
  },
);
