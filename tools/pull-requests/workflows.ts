import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkout } from '../../toolchain/places.mjs';

/** One step of a job, as far as we look at it. */
export interface WorkflowStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly 'continue-on-error'?: boolean;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkflowJob {
  readonly name?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStep[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

export const workflowFolder = join(checkout, '.github', 'workflows');

/** Every workflow of this repository by its file's name. */
export function readWorkflows(): ReadonlyMap<
  string,
  { readonly text: string; readonly workflow: Workflow }
> {
  return new Map(
    readdirSync(workflowFolder).map((file) => {
      const text = readFileSync(join(workflowFolder, file), 'utf8');
      return [file, { text, workflow: parse(text) as Workflow }];
    }),
  );
}
