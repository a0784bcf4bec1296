import type { Sample } from '../observing/history.ts';
import { toPercent } from '../readings/readings.ts';

/** Totals of the samples of a whole run. */
export interface RunSummary {
  add(sample: Sample): void;
  readonly totals: RunTotals;
}

interface RunTotals {
  readonly samples: number;
  /** Highest use of each segment in any sample; without those that never answered. */
  readonly highestUse: Readonly<Record<string, Use>>;
  /** Number of samples in which something waited. */
  readonly samplesWithWaiting: { readonly app: number; readonly pgbouncer: number };
}

interface Use {
  readonly used: number;
  readonly limit: number;
  readonly percent: number;
}

/** Creates a summary that keeps only the highest of each, however long the run is. */
export function createRunSummary(): RunSummary {
  const highestUse: Record<string, Use> = {};
  const samplesWithWaiting = { app: 0, pgbouncer: 0 };
  let samples = 0;

  const note = (segment: string, used: number, limit: number): void => {
    const percent = toPercent(used, limit);
    const highest = highestUse[segment];
    if (highest === undefined || percent > highest.percent)
      highestUse[segment] = { used, limit, percent };
  };

  return {
    add({ app, pgbouncer, postgres }) {
      samples += 1;
      note('appClientConnections', app.active, app.max);
      if (app.waiting > 0) samplesWithWaiting.app += 1;
      if (pgbouncer !== null) {
        note('pgbouncerClientConnections', pgbouncer.clients, pgbouncer.clientsMax);
        note('pgbouncerServerConnections', pgbouncer.serversActive, pgbouncer.serversMax);
        if (pgbouncer.waiting > 0) samplesWithWaiting.pgbouncer += 1;
      }
      if (postgres !== null) note('postgresConnections', postgres.total, postgres.available);
    },
    get totals() {
      return { samples, highestUse, samplesWithWaiting };
    },
  };
}
