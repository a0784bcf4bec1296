import { parseArgs } from 'node:util';

/** The call or the settings are wrong: exit code 2, nothing was touched. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

export interface Usage {
  /** `npm run up [-- STACK] [--yes]` */
  readonly synopsis: string;
  /** What the command does, and each option on a line of its own. */
  readonly text: string;
  /** Options without a value. */
  readonly flags: readonly string[];
  /** Options that take a value: `--at TIME`. */
  readonly options?: readonly string[];
  /** The stack when none is given; absent when one must be. */
  readonly defaultStack?: string;
  /** False for a command that is not about a stack. */
  readonly takesStack?: boolean;
}

export interface Call {
  readonly stack: string;
  readonly flags: ReadonlySet<string>;
  readonly options: Readonly<Record<string, string>>;
}

const CALL_IS_WRONG = 2;
const IT_FAILED = 1;

/** Reads the arguments and runs the command; `--help` prints the usage. */
export async function runCommand(
  usage: Usage,
  command: (call: Call) => Promise<number>,
): Promise<void> {
  await exitWith(async () => {
    const call = readCall(usage, process.argv.slice(2));
    return call === 'help' ? showHelp(usage) : command(call);
  });
}

/**
 * Turns what happens into an exit code: 0 done, 1 it failed, 2 the call or the settings are wrong.
 */
export async function exitWith(work: () => Promise<number>): Promise<void> {
  process.stdout.on('error', endQuietly);
  try {
    process.exitCode = await work();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = error instanceof CallError ? CALL_IS_WRONG : IT_FAILED;
  }
}

/** @throws {CallError} for an unknown option or a second stack. */
export function readCall(
  { synopsis, flags, options: valued = [], defaultStack, takesStack = true }: Usage,
  args: readonly string[],
): Call | 'help' {
  const kinds: Record<string, { readonly type: 'boolean' | 'string' }> = {
    ...Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' }])),
    ...Object.fromEntries(valued.map((option) => [option, { type: 'string' }])),
  };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...kinds, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values['help'] === true) return 'help';
    if (!takesStack && positionals.length > 0)
      throw new Error(`no stack is expected, but got ${positionals.join(', ')}`);
    const [stack = takesStack ? defaultStack : '', ...rest] = positionals;
    if (rest.length > 0) throw new Error(`one stack at a time, but got ${positionals.join(', ')}`);
    if (stack === undefined) throw new Error('a stack is missing');
    const given: readonly (readonly [string, unknown])[] = Object.entries(values);
    return {
      stack,
      flags: new Set(given.filter(([, value]) => value === true).map(([flag]) => flag)),
      options: Object.fromEntries(
        given.flatMap(([option, value]) => (typeof value === 'string' ? [[option, value]] : [])),
      ),
    };
  } catch (error) {
    throw new CallError(`${(error as Error).message}\nUsage: ${synopsis}`);
  }
}

/** `npm run plan -- dev | head` closes the pipe: nobody reads on, which is no failure. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

export function showHelp({ synopsis, text }: Pick<Usage, 'synopsis' | 'text'>): number {
  process.stdout.write(`Usage: ${synopsis}\n\n${text}\n`);
  return 0;
}
