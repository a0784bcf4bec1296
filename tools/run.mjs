// The entry of every npm script: any Node from 20 on, builtins only, before node_modules exists.
// It finds Node 24, installs node_modules from package-lock.json where they differ, and runs
// tools/commands/<name>.ts under that Node.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ensureDependencies } from '../toolchain/dependencies.mjs';
import { findNode } from '../toolchain/node.mjs';
import { checkout, toolsDirectory } from '../toolchain/places.mjs';

const CALL_IS_WRONG = 2;
const commands = join(checkout, 'tools', 'commands');
const report = (line) => process.stderr.write(`${line}\n`);

const [name, ...args] = process.argv.slice(2);
if (name === '--help' || name === '-h') {
  process.stdout.write(usage());
} else if (
  name === undefined ||
  !/^[a-z][a-z-]*$/.test(name) ||
  !existsSync(join(commands, `${name}.ts`))
) {
  process.stderr.write(
    `${name === undefined ? 'A command is missing' : `Unknown command "${name}"`}.\n${usage()}`,
  );
  process.exitCode = CALL_IS_WRONG;
} else {
  try {
    const node = await findNode(report);
    await ensureDependencies({
      folder: checkout,
      lockFile: join(toolsDirectory(), 'node_modules.lock'),
      report,
    });
    process.exitCode = await run(node, join(commands, `${name}.ts`), args);
  } catch (error) {
    report(error.message);
    process.exitCode = 1;
  }
}

/** Runs the command; returns its exit code, or 128 + the signal's number, as a shell does. */
function run(node, command, args) {
  const env = {
    // Compiled code of every Node below this one: the command, Pulumi's program and its policies.
    NODE_COMPILE_CACHE: join(toolsDirectory(), 'node-compile-cache'),
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn(node, [command, ...args], { stdio: 'inherit', env });
  let forwarded = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      // A terminal has sent its Ctrl-C to the child already; a second one would mean "now".
      if (forwarded || (signal === 'SIGINT' && process.stdin.isTTY)) return;
      forwarded = true;
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Every npm script that starts here, with the comment at the top of its command. */
function usage() {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const lines = Object.entries(scripts).flatMap(([script, line]) => {
    const command = /^node tools\/run\.mjs ([a-z-]+)$/.exec(line)?.[1];
    return command === undefined ? [] : [`  ${script.padEnd(18)}${describe(command)}`];
  });
  return ['Usage: npm run COMMAND [-- ARGS]', 'Commands (each takes --help):', ...lines, ''].join(
    '\n',
  );
}

function describe(command) {
  const text = readFileSync(join(commands, `${command}.ts`), 'utf8');
  return /^\/\*\* (.*?)(?: *\*\/)?$/m.exec(text)?.[1] ?? '';
}
