import { dockerOutput } from '../../e2e/docker.ts';
import { summarizeRatios, type PairedRatio } from '../figures/paired-ratio.ts';

/** One of the ways that are compared. */
export interface Side<Name extends string, Round> {
  readonly name: Name;
  /**
   * Used in turn: two processes of the same program differ by some percent for as long as they
   * live.
   */
  readonly instances: readonly Instance<Round>[];
}

export interface Instance<Round> {
  /** Containers that are paused whenever it is not measured. */
  readonly containers: readonly string[];
  measure(): Promise<Round>;
  /** Whether a round has to be repeated, because others kept the machine busy. */
  isDisturbed?(round: Round): boolean;
}

/** Rounds of one side in one pass; on a machine that is never quiet the last one counts. */
const ATTEMPTS = 4;

/** What each side did in one pass, side by side. */
export type Pass<Name extends string, Round> = Readonly<Record<Name, Round>>;

/**
 * Measures each side once in a pass, in an order that chance decides anew for each: what the
 * machine does meanwhile hits all alike. Whatever is not measured is paused, so that its background
 * work costs nothing; every container has to be paused when it begins.
 */
export async function measurePasses<Name extends string, Round>(parts: {
  readonly sides: readonly Side<Name, Round>[];
  readonly passes: number;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<readonly Pass<Name, Round>[]> {
  const { sides, passes, report, signal } = parts;
  const measured: Pass<Name, Round>[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    report(`pass ${pass + 1} of ${passes}`);
    const rounds: Partial<Record<Name, Round>> = {};
    for (const { name, instances } of shuffle(sides)) {
      signal.throwIfAborted();
      const instance = instances[pass % instances.length];
      if (instance === undefined) throw new Error(`${name} has no instance`);
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const round = await measureInstance(name, instance);
        rounds[name] = round;
        if (instance.isDisturbed?.(round) !== true) break;
        report(`pass ${pass + 1} of ${passes}: others are busy, ${name} again`);
      }
    }
    measured.push(rounds as Pass<Name, Round>);
  }
  return measured;
}

async function measureInstance<Round>(name: string, instance: Instance<Round>): Promise<Round> {
  const { containers } = instance;
  if (containers.length > 0) await dockerOutput('unpause', ...containers);
  try {
    return await instance.measure();
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  } finally {
    if (containers.length > 0) await dockerOutput('pause', ...containers);
  }
}

/** Of what a round gives: one side's through another's, pass by pass. */
export function ratioOf<Name extends string, Round>(
  passes: readonly Pass<Name, Round>[],
  [one, other]: readonly [Name, Name],
  by: (round: Round) => number,
): PairedRatio {
  return summarizeRatios(passes.map((pass) => by(pass[one]) / by(pass[other])));
}

/** Fisher and Yates' shuffle. */
function shuffle<T>(items: readonly T[]): readonly T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(Math.random() * (last + 1));
    [shuffled[last], shuffled[chosen]] = [shuffled[chosen] as T, shuffled[last] as T];
  }
  return shuffled;
}
