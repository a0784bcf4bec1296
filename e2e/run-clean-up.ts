import { docker, dockerOutput, TEST_LABEL } from './docker.ts';

/**
 * Runs after the last end-to-end test, also when one has failed: removes the images of this run,
 * and of runs that were killed, with the layers below them.
 */
export default async function removeTestImages(): Promise<void> {
  const tags = (
    await dockerOutput(
      'images',
      '--filter',
      `label=${TEST_LABEL}`,
      '--format',
      '{{.Repository}}:{{.Tag}}',
    )
  ).split('\n');
  const ours = tags.filter((tag) => isOver(Number(/-(\d+)\//.exec(tag)?.[1])));
  // One that a container of a killed run still uses stays, and is no reason to fail this one.
  if (ours.length > 0) await docker('rmi', ...ours);
}

/** Whether the process that owns the images has ended, or is this one. */
function isOver(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
