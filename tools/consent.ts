import { createInterface } from 'node:readline/promises';
import { CallError } from './call.ts';

/**
 * Asks before something is done to an environment whose data is protected.
 * @throws {CallError} when the answer is no, or when nobody can be asked.
 */
export async function askConsent(question: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CallError(`${question}\nThere is no terminal to ask on: run it again with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CallError('Nothing was changed.');
}
