import { openStatus, type Terminal } from './status-line.ts';

/** `ready`: there was nothing to do, so nothing is said; `done`: something was made. */
export type StepOutcome = 'ready' | 'done';
/**
 * Tells what is going on now. A line that `stays` remains on a terminal too: it says that something
 * of the user's changes.
 */
export type Report = (line: string, stays?: 'stays') => void;

export interface Step {
  readonly name: string;
  /** Names of the steps that must have ended before this one starts. */
  readonly after?: readonly string[];
  /** Keeps all CPUs busy: never beside another heavy one. */
  readonly heavy?: boolean;
  /** `report` tells what is going on now; `signal` fires when another step has failed. */
  readonly run: (report: Report, signal: AbortSignal) => Promise<StepOutcome>;
}

/** A step whose work tells what it does only when there is something to do. */
export function stepThatTells(
  name: string,
  work: (report: Report, signal: AbortSignal) => Promise<void>,
): Step {
  return {
    name,
    run: async (report, signal) => {
      let outcome: StepOutcome = 'ready';
      await work((...told) => {
        outcome = 'done';
        report(...told);
      }, signal);
      return outcome;
    },
  };
}

/** What failed first, with the step's name; `cause` is the step's own error. */
export class StepError extends Error {
  readonly step: string;
  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StepError';
    this.step = step;
  }
}

/**
 * Runs the steps side by side where `after` and `heavy` allow it, and shows on stderr what is
 * running. The first failure keeps further steps from starting; those under way get the signal and
 * are waited for.
 */
export async function runSteps(
  steps: readonly Step[],
  terminal: Terminal = process.stderr,
): Promise<void> {
  refuseImpossibleOrder(steps);
  const waiting = new Set(steps);
  const running = new Map<Step, Promise<void>>();
  const ended = new Set<string>();
  const failures: StepError[] = [];
  const abort = new AbortController();
  const status = openStatus(terminal, steps.length);

  const start = (step: Step): void => {
    waiting.delete(step);
    const line = status.start(step.name);
    const work = async (): Promise<void> => {
      try {
        const outcome = await step.run(line.report, abort.signal);
        ended.add(step.name);
        line.end(outcome);
      } catch (error) {
        failures.push(new StepError(step.name, error));
        line.end('failed');
        abort.abort();
      }
      running.delete(step);
    };
    running.set(step, work());
  };

  try {
    while (waiting.size + running.size > 0) {
      for (const step of waiting)
        if (failures.length === 0 && canStart(step, ended, running)) start(step);
      if (running.size === 0) break;
      await Promise.race(running.values());
    }
  } finally {
    status.close();
  }
  if (failures[0] !== undefined) throw failures[0];
}

function canStart(
  step: Step,
  ended: ReadonlySet<string>,
  running: ReadonlyMap<Step, unknown>,
): boolean {
  if (step.heavy === true && [...running.keys()].some(({ heavy }) => heavy)) return false;
  return (step.after ?? []).every((name) => ended.has(name));
}

/** A cycle or a misspelt name would wait for ever. */
function refuseImpossibleOrder(steps: readonly Step[]): void {
  const reachable = new Set<string>();
  for (let before = -1; before !== reachable.size;) {
    before = reachable.size;
    for (const { name, after = [] } of steps)
      if (after.every((needed) => reachable.has(needed))) reachable.add(name);
  }
  const stuck = steps.filter(({ name }) => !reachable.has(name)).map(({ name }) => name);
  if (stuck.length > 0)
    throw new Error(
      `Steps that can never start: ${stuck.join(', ')}. Each name in "after" must be a step ` +
        'that does not wait for this one.',
    );
}
