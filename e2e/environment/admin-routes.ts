import { setTimeout } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { z } from 'zod';
import {
  type AlertsBody,
  alertsSchema,
  healthSchema,
  historySchema,
  poolSchema,
  slowQueriesSchema,
} from '../../app/src/monitoring/bodies/body-schemas.ts';
import { until } from '../until.ts';

export const PREFIX = '/api/admin/monitoring';
const BODIES: Readonly<Record<string, z.ZodType>> = {
  '/connections/health': healthSchema,
  '/connections/pool': poolSchema,
  '/connections/alerts': alertsSchema,
  '/connections/history': historySchema,
  '/database/slow-queries': slowQueriesSchema,
};
const ROUTES = [...Object.keys(BODIES), '/metrics', '/'];

/** The admin routes of an environment, on the port that they are on at the moment. */
export class AdminRoutes {
  readonly #port: number;
  readonly #token: string | undefined;

  constructor(port: number, token: string | undefined) {
    this.#port = port;
    this.#token = token;
  }

  ask(route: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${PREFIX}${route}`, {
      headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` },
      redirect: 'manual',
    });
  }

  /** Expects the same status of every route. */
  async expectStatus(status: number): Promise<void> {
    const statuses = await Promise.all(
      ROUTES.map(async (route) => `${route} ${(await this.ask(route)).status}`),
    );
    expect(statuses).toEqual(ROUTES.map((route) => `${route} ${status}`));
  }

  /** Expects every body to have the shape that is documented for it. */
  async expectDocumentedBodies(): Promise<void> {
    for (const [route, schema] of Object.entries(BODIES)) {
      const body: unknown = await (await this.ask(route)).json();
      expect({ route, error: schema.safeParse(body).error?.message }).toEqual({
        route,
        error: undefined,
      });
    }
    expect(await (await this.ask('/metrics')).text()).toContain('spywatcher_');
  }

  async readAlerts(): Promise<AlertsBody> {
    return alertsSchema.parse(await (await this.ask('/connections/alerts')).json());
  }

  /**
   * Waits for a machine that has just started an environment, where a layer may be late at first.
   */
  async untilHealthy(): Promise<void> {
    await until(
      async () => {
        const response = await this.ask('/connections/health');
        return { status: response.status, text: await response.text() };
      },
      ({ status }) => status === 200,
    );
  }

  /** Every body of alerts that was given while something was done. */
  async whileWatching(action: () => Promise<unknown>): Promise<readonly AlertsBody[]> {
    const seen: AlertsBody[] = [];
    let isOver = false;
    const watch = async (): Promise<void> => {
      while (!isOver) {
        seen.push(await this.readAlerts());
        await setTimeout(300);
      }
    };
    const acting = action().finally(() => (isOver = true));
    // A watch that fails waits for the action all the same: nothing may go on behind the next
    // test's back.
    await Promise.all([acting, watch().finally(() => acting)]);
    return seen;
  }
}

/** The details of these bodies that report a setting of PgBouncer other than planned. */
export const driftIn = (bodies: readonly AlertsBody[]) =>
  bodies.flatMap(({ details }) => details.filter(({ kind }) => kind === 'drift'));
