import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { FaultyInputError } from '../../environment/fault.ts';
import { type MonitoringPlan, parseMonitoringPlan } from './monitoring-plan.ts';

/** Planned limits, read again when their file changes. */
export interface PlanFile {
  readonly plan: MonitoringPlan;
  /**
   * Reads the file again; keeps the last plan, and logs it, while the file is not usable: it may be
   * half written.
   */
  refresh(): Promise<void>;
}

/** @throws {FaultyInputError} when there is no usable plan to begin with. */
export async function openPlanFile(path: string, logger: Logger): Promise<PlanFile> {
  let text = await readFile(path, 'utf8').catch((error: unknown) => refuse(path, error));
  let plan = parseOrRefuse(path, text);
  let trouble: string | undefined;
  return {
    get plan() {
      return plan;
    },
    async refresh() {
      try {
        const news = await readFile(path, 'utf8');
        if (news !== text) {
          plan = parseMonitoringPlan(news);
          text = news;
          logger.info('the planned limits changed');
        } else if (trouble !== undefined) {
          logger.info('the planned limits can be read again');
        }
        trouble = undefined;
      } catch (error) {
        // It is read every second: a repeated failure is logged once.
        if (String(error) !== trouble)
          logger.warn({ err: error }, 'the planned limits cannot be read: the former ones stay');
        trouble = String(error);
      }
    },
  };
}

function parseOrRefuse(path: string, text: string): MonitoringPlan {
  try {
    return parseMonitoringPlan(text);
  } catch (error) {
    return refuse(path, error);
  }
}

function refuse(path: string, error: unknown): never {
  const got = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  throw new FaultyInputError('The environment is not usable', [
    {
      key: 'MONITORING_PLAN_FILE',
      got,
      allowed: 'the path of a readable file with the planned limits as JSON',
      remedy: 'Let the stack write it (`npm run up`), or set MONITORING=off.',
    },
  ]);
}
