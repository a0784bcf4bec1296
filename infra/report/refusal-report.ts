import { codeSpan } from './code-text.ts';
import { type CommentPart, fitComment } from './comment-size.ts';
import type { Fault } from '../settings/fault.ts';

/** A plan that was refused, as data. */
export interface RefusalReport {
  readonly environment: string;
  readonly refused: readonly Fault[];
}

/** The refusal as a comment on a pull request. */
export function renderRefusalMarkdown({ environment, refused }: RefusalReport): string {
  const faults = refused.map(({ key, got, allowed, remedy }): CommentPart => ({
    text: `- ${codeSpan(key)}: got ${codeSpan(got)}; allowed: ${allowed}.\n  **${remedy}**`,
  }));
  return fitComment([
    { text: `## The plan of ${codeSpan(environment)} is refused` },
    { text: 'Nothing is changed until this is corrected:' },
    ...faults,
  ]);
}
