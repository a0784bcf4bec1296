// `npm ci` as a child that is ended with us, tells how long it has been running, and fails with
// npm's own words.
import { spawn } from 'node:child_process';

const HEARTBEAT_MS = 10_000;

/**
 * Installs what `<folder>/package-lock.json` says, by its integrity hashes and without running any
 * package's scripts. `report` gets a line of progress now and then; `hold` the process id of npm.
 */
export async function npmCi({ folder, args = [], report, hold }) {
  const startedMs = Date.now();
  const [program, ...first] = npmCommand();
  const child = spawn(
    program,
    [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  if (child.pid !== undefined) hold(child.pid);
  let words = '';
  child.stderr.on('data', (chunk) => (words = (words + chunk).slice(-4000)));
  const heartbeat = setInterval(
    () => report(`npm ci in ${folder}: ${Math.round((Date.now() - startedMs) / 1000)} s`),
    HEARTBEAT_MS,
  );
  const end = () => child.kill('SIGTERM');
  process.once('SIGTERM', end).once('SIGINT', end);
  try {
    const outcome = await new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(
          new Error(
            `npm could not be started (${error.message}). Install npm, which comes with ` +
              'Node, and run this again.',
          ),
        ),
      );
      child.once('close', (code, signal) => resolve(signal ?? code));
    });
    if (outcome !== 0)
      throw new Error(
        `npm ci in ${folder} ended with ${outcome}. Running the command again goes on from ` +
          'here.\n' +
          `${words.trim()}`,
      );
  } finally {
    clearInterval(heartbeat);
    process.off('SIGTERM', end).off('SIGINT', end);
  }
}

/** The npm that started us, where one did: it belongs to the Node in use. */
function npmCommand() {
  const started = process.env.npm_execpath ?? '';
  return started.endsWith('npm-cli.js') ? [process.execPath, started] : ['npm'];
}
