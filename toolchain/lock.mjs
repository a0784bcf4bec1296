// One lock file per thing made: two commands started at once must not write the same folder.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 200;
const STEAL_MAX_MS = 5_000;

/**
 * Runs `work` while no other process runs work under the same lock file. `work` gets `hold(pid)`:
 * the lock then lives as long as that child too, which may outlast a killed parent. `report` is
 * told once when another process has to be waited for.
 */
export async function withLock(file, report, work) {
  mkdirSync(dirname(file), { recursive: true });
  const pids = [process.pid];
  await acquire(file, pids, report);
  const hold = (pid) => {
    pids.push(pid);
    writeFileSync(file, pids.join(' '));
  };
  try {
    return await work(hold);
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(file, pids, report) {
  for (let told = false; ;) {
    if (create(file, pids.join(' '))) return;
    if (isStale(file)) {
      removeStale(file);
      continue;
    }
    if (!told)
      report(`waiting for process ${read(file)}, which is at the same work (lock file ${file})`);
    told = true;
    await sleep(RETRY_MS);
  }
}

/**
 * A second lock guards the removal, so that nobody deletes the fresh lock of a process that was
 * quicker.
 */
function removeStale(file) {
  const guard = `${file}.steal`;
  if (!create(guard, '')) {
    if (ageMs(guard) > STEAL_MAX_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    if (isStale(file)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function isStale(file) {
  const age = ageMs(file);
  // From before the machine's last start: its process ids mean nothing now.
  if (age > uptime() * 1000) return true;
  const pids = read(file)
    .split(' ')
    .filter((pid) => /^\d+$/.test(pid));
  if (pids.length === 0) return age > STEAL_MAX_MS; // its maker died, or is about to write
  return !pids.some((pid) => isAlive(Number(pid)));
}

/** Whether a process has this id; one of another user counts. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function create(file, content) {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function ageMs(file) {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
