import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { showCanned } from './canned-dashboard.ts';
import { openBrowser, type LiveBrowser } from './dashboard-browser.ts';
import { CANNED_STATES } from './dashboard-states.ts';
import { openDockerScope } from './docker.ts';

const scope = openDockerScope('dashboard-pictures');
const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');
const MAX_PICTURE_BYTES = 400_000;
/** Of the narrow page, which is several metres of phone long. */
const NARROW_PICTURE_HEIGHT = 1_600;

const LOOKS = {
  light: { viewport: { width: 1_280, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1_280, height: 800 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

const TITLES = {
  idle: 'All well',
  saturated: 'Saturated at PgBouncer',
  'database-down': 'Down: Postgres',
} as const;
type StateName = keyof typeof CANNED_STATES;

let browser: LiveBrowser;

beforeAll(async () => {
  browser = await openBrowser(scope, await scope.network('net'));
}, 300_000);
afterAll(async () => {
  try {
    await browser.close();
  } finally {
    // Also when there never was a browser.
    await scope.close();
  }
}, 60_000);

const cases = Object.keys(CANNED_STATES).flatMap((state) =>
  Object.keys(LOOKS).map((look) => [state as StateName, look as keyof typeof LOOKS] as const),
);

test.each(cases)(
  '%s, %s: the verdict is the heading, and the page fits (GOLDEN=write takes it)',
  async (state, look) => {
    const profile = await browser.openProfile({
      ...LOOKS[look],
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    const { page, complaints, context } = profile;
    await showCanned(profile, CANNED_STATES[state]);
    expect(await page.getByRole('heading', { level: 2 }).first().textContent()).toBe(TITLES[state]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(
      0,
    );
    // The browser itself reports the canned 503 of the statements.
    expect(
      complaints.filter(
        (complaint) =>
          !complaint.startsWith(
            'Failed to load resource: the server responded with a status of 503',
          ),
      ),
    ).toEqual([]);

    const file = join(folder, `${state}-${look}.png`);
    if (process.env['GOLDEN'] === 'write') {
      const clip =
        look === 'narrow'
          ? {
              clip: {
                x: 0,
                y: 0,
                width: LOOKS.narrow.viewport.width,
                height: NARROW_PICTURE_HEIGHT,
              },
            }
          : {};
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, await page.screenshot({ fullPage: true, ...clip }));
    }
    expect(statSync(file).size).toBeLessThan(MAX_PICTURE_BYTES);
    await context.close();
  },
  60_000,
);
