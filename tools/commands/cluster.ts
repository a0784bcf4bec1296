/** A one-node Kubernetes of the project's own: up, down, status, kubeconfig, load. */
import { parseArgs } from 'node:util';
import { CallError, exitWith, showHelp } from '../call.ts';
import { readClusterStatus } from '../../test-cluster/cluster-status.ts';
import { loadImages } from '../../test-cluster/load-images.ts';
import { clusterPlaces } from '../../test-cluster/places.ts';
import { startCluster } from '../../test-cluster/start-cluster.ts';
import { stopCluster } from '../../test-cluster/stop-cluster.ts';

const usage = {
  synopsis: 'npm run cluster -- up | down | status | kubeconfig | load IMAGE...',
  text: [
    'Runs a real Kubernetes of one node on this machine, for the tests and for trying things out.',
    'Needs Linux and root.',
    '  up             build what is missing, start what does not run, print the kubeconfig',
    '  down           end it and remove all that was in it, volumes included',
    '  status         print what runs; exit code 1 when something does not',
    '  kubeconfig     print the path of the kubeconfig:',
    '                 export KUBECONFIG=$(npm run --silent cluster -- kubeconfig)',
    '  load IMAGE...  copy images from the Docker Engine into it; npm run images -- --load does so',
    '                 with the images of this repository',
  ].join('\n'),
};

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

async function up(): Promise<number> {
  const { kubeconfig, buildSeconds, startSeconds } = await startCluster();
  say(
    `Up: ${buildSeconds.toFixed(1)} s to install and build, ${startSeconds.toFixed(1)} s to start.`,
  );
  process.stdout.write(`export KUBECONFIG=${kubeconfig}\n`);
  return 0;
}

async function down(): Promise<number> {
  await stopCluster();
  return 0;
}

async function status(): Promise<number> {
  const { state, text } = await readClusterStatus();
  process.stdout.write(text);
  return state === 'up' ? 0 : 1;
}

async function kubeconfig(): Promise<number> {
  const { state } = await readClusterStatus();
  if (state === 'down')
    throw new Error('The cluster does not run. Start it with `npm run cluster -- up`.');
  process.stdout.write(`${clusterPlaces().kubeconfig}\n`);
  return 0;
}

async function load(images: readonly string[]): Promise<number> {
  if (images.length === 0) throw new CallError(`An image is missing.\nUsage: ${usage.synopsis}`);
  await loadImages(images);
  return 0;
}

const verbs: Readonly<Record<string, () => Promise<number>>> = { up, down, status, kubeconfig };

await exitWith(async () => {
  const { values, positionals } = readArguments();
  const [verb = '', ...rest] = positionals;
  if (values.help === true) return showHelp(usage);
  if (verb === 'load') return load(rest);
  const run = verbs[verb];
  if (run === undefined || rest.length > 0)
    throw new CallError(`Unknown call "${positionals.join(' ')}".\nUsage: ${usage.synopsis}`);
  return run();
});

function readArguments() {
  try {
    return parseArgs({
      options: { help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new CallError(`${(error as Error).message}\nUsage: ${usage.synopsis}`);
  }
}
