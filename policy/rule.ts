import type { Subject } from './subject.ts';

/**
 * One thing that a rule does not allow, told so that it can be put right without reading the rule.
 */
export interface Violation {
  /** Where in the resource, as its program writes it: `ports[0]`, `spec.type`. */
  readonly at: string;
  /** What was found, as text; never a secret. */
  readonly got: string;
  readonly allowed: string;
  readonly remedy: string;
}

export interface Surroundings {
  readonly isProduction: boolean;
}

interface Named {
  /** Name that Pulumi shows, and by which a user turns the rule off. */
  readonly name: string;
  /** Why it is there, in a sentence: Pulumi shows it above each violation. */
  readonly reason: string;
}

/** Judges each resource by itself, before it is made. */
export interface ResourceRule extends Named {
  /** Whether it asks for more in production. */
  readonly dependsOnStack?: true;
  readonly check: (subject: Subject, surroundings: Surroundings) => readonly Violation[];
}

/** Judges what only all resources together show: at the end of a preview, and of an update. */
export interface StackRule extends Named {
  readonly check: (
    subjects: readonly Subject[],
  ) => readonly (Violation & { readonly of: string })[];
}

/** Renders a violation in the words of a refused setting. */
export function renderViolation(of: string, { at, got, allowed, remedy }: Violation): string {
  return `${of}: ${at}: got ${got}; allowed: ${allowed}. ${remedy}`;
}
