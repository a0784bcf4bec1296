/** Every test that needs a cluster: the one in KUBECONFIG, else a one-node cluster of its own. */
import { CallError, runCommand } from '../call.ts';
import { loadImages } from '../../test-cluster/load-images.ts';
import { findNode } from '../../test-cluster/node-namespaces.ts';
import { clusterPlaces } from '../../test-cluster/places.ts';
import { startCluster } from '../../test-cluster/start-cluster.ts';
import { stopCluster } from '../../test-cluster/stop-cluster.ts';
import { buildImages } from '../images/image-build.ts';
import { prepareTools } from '../../toolchain/prepare-tools.ts';
import { runProgram } from '../../toolchain/program.ts';
import { runTests, showCounts } from '../test-run.ts';

/** Another name of the same image: a change of the image that changes nothing in it. */
const AGAIN = '-again';

await runCommand(
  {
    synopsis: 'npm run test:kubernetes [-- FILE]',
    text: [
      'Brings up throw-away environments in a cluster, exercises them and removes them.',
      'Without KUBECONFIG it builds and starts a one-node cluster of its own, and stops it if it',
      'was not running before. With KUBECONFIG it deploys to that cluster, which must be able to',
      'pull what TEST_IMAGES names: JSON with app, postgres, pgbouncer and redis, and pgbouncer',
      `once more with "${AGAIN}" behind its tag.`,
      '  FILE  only test files whose path contains this',
    ].join('\n'),
    flags: [],
    defaultStack: '',
  },
  async ({ stack: file }) => {
    const only = file === '' ? [] : ['--testPathPatterns', file];
    const run = async (env: NodeJS.ProcessEnv): Promise<number> => {
      const counts = await runTests({
        projects: ['kubernetes'],
        args: ['--runInBand', ...only],
        env,
      });
      process.stdout.write(`${showCounts(counts)}\n`);
      return counts.failed === 0 ? 0 : 1;
    };
    const { KUBECONFIG, TEST_IMAGES } = process.env;
    await prepareTools({ needs: ['pulumi', 'kubernetes'] });
    if (KUBECONFIG !== undefined) {
      if (TEST_IMAGES === undefined)
        throw new CallError(
          'KUBECONFIG names a cluster, but TEST_IMAGES does not say which images it can pull. ' +
            'See npm run test:kubernetes -- --help, or unset KUBECONFIG.',
        );
      return run({});
    }
    const { images, env } = await buildImages();
    const again = `${images.pgbouncer}${AGAIN}`;
    await runProgram('docker', ['tag', images.pgbouncer, again], { env });
    const wasRunning = findNode(clusterPlaces()) !== undefined;
    try {
      const cluster = await startCluster();
      await loadImages([...Object.values(images), again], env);
      return await run({ KUBECONFIG: cluster.kubeconfig, TEST_IMAGES: JSON.stringify(images) });
    } finally {
      if (!wasRunning) await stopCluster();
    }
  },
);
