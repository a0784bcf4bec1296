import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { showCanned } from './canned-dashboard.ts';
import { openBrowser, type LiveBrowser } from './dashboard-browser.ts';
import { CANNED_STATES, HOSTILE_QUERY } from './dashboard-states.ts';
import { openDockerScope } from './docker.ts';
import { toPalettePng } from './palette-png.ts';

const scope = openDockerScope('dashboard-pictures');
const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');
const MAX_PICTURE_BYTES = 150_000;
/** Of the narrow page, which is several metres of phone long. */
const NARROW_PICTURE_HEIGHT = 1_600;

const LOOKS = {
  light: { viewport: { width: 1_280, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1_280, height: 800 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

const TITLES = { idle: 'All well', saturated: 'Saturated at PgBouncer', 'database-down': 'Down: Postgres' } as const;
type StateName = keyof typeof CANNED_STATES;

let browser: LiveBrowser;

beforeAll(async () => {
  browser = await openBrowser(scope, await scope.network('net'));
}, 300_000);
afterAll(async () => {
  await browser.close();
  await scope.close();
}, 60_000);

const cases = Object.keys(CANNED_STATES).flatMap((state) => Object.keys(LOOKS).map((look) => [state as StateName, look as keyof typeof LOOKS] as const));

test.each(cases)('%s, %s: the verdict is the heading, nothing sticks out at the side, nothing is refused by the policy (GOLDEN=write takes the picture)', async (state, look) => {
  const profile = await browser.openProfile({ ...LOOKS[look], timezoneId: 'UTC', reducedMotion: 'reduce' });
  const { page, complaints, context } = profile;
  await showCanned(profile, CANNED_STATES[state]);
  expect(await page.getByRole('heading', { level: 2 }).first().textContent()).toBe(TITLES[state]);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  // The browser itself reports the canned 503 of the statements.
  expect(complaints.filter((complaint) => !complaint.startsWith('Failed to load resource: the server responded with a status of 503'))).toEqual([]);

  const file = join(folder, `${state}-${look}.png`);
  if (process.env['GOLDEN'] === 'write') {
    const clip = look === 'narrow' ? { clip: { x: 0, y: 0, width: LOOKS.narrow.viewport.width, height: NARROW_PICTURE_HEIGHT } } : {};
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, toPalettePng(await page.screenshot({ fullPage: true, ...clip })));
  }
  expect(statSync(file).size).toBeLessThan(MAX_PICTURE_BYTES);
  await context.close();
}, 60_000);

test('the text of a statement stays text, whatever it looks like', async () => {
  const profile = await browser.openProfile();
  await showCanned(profile, CANNED_STATES.idle);
  const statements = profile.page.getByRole('cell').locator('code');
  expect(await statements.last().textContent()).toBe(HOSTILE_QUERY);
  expect(await profile.page.locator('img, main script').count()).toBe(0);
  expect(profile.complaints).toEqual([]);
  await profile.context.close();
}, 60_000);

/** What has the focus, by its name or its text, and whether that can be seen. Text, because a browser's names are unknown here. */
const FOCUSED = `(() => {
  const { activeElement: focused } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(focused);
  const ring = outlineStyle === 'none' || outlineWidth === '0px' ? ' without a ring' : '';
  return (focused.name || focused.id || focused.textContent) + ring;
})()`;

test('by keyboard alone: the skip link comes first, then the sections, then what can be set, each with a visible ring', async () => {
  const { page, context, complaints } = await browser.openProfile({ viewport: { width: 1_280, height: 800 } });
  await showCanned({ page, context, complaints }, CANNED_STATES.saturated);
  const stops: string[] = [];
  for (let stop = 0; stop < 13; stop += 1) {
    await page.keyboard.press('Tab');
    stops.push(await page.evaluate<string>(FOCUSED));
  }
  expect(stops).toEqual(['Skip to the verdict', 'Chain', 'Alerts', 'History', 'Slow queries', 'Sign out', 'moment', 'minMs', 'limit', 'Mean', 'Max', 'Total', 'Calls']);
  await context.close();
}, 60_000);

test('the arrow keys move one moment through the hour, and every legend shows the values of it', async () => {
  const { page, context, complaints } = await browser.openProfile({ timezoneId: 'UTC' });
  await showCanned({ page, context, complaints }, CANNED_STATES.saturated);
  const legend = page.getByRole('figure', { name: 'PgBouncer: server connections' }).getByRole('list');
  expect(await legend.textContent()).toContain('busy 25');
  const slider = page.getByRole('slider', { name: 'Values at:' });
  await slider.focus();
  await page.keyboard.press('Home');
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/^02:12:45, 59 min ago: all well$/);
  expect(await legend.textContent()).toMatch(/busy [0-5]open/);
  await page.keyboard.press('End');
  expect(await slider.getAttribute('aria-valuetext')).toBe('now');
  expect(await legend.textContent()).toContain('busy 25');
  await context.close();
}, 60_000);

test('a screen reader finds the landmarks, the bars with their limits, what each chart shows, and the headers of the table', async () => {
  const { page, context, complaints } = await browser.openProfile({ timezoneId: 'UTC' });
  await showCanned({ page, context, complaints }, CANNED_STATES.saturated);
  const tree = await page.locator('body').ariaSnapshot();
  for (const expected of [
    '- link "Skip to the verdict"',
    '- banner:',
    '- navigation "Sections"',
    '- main:',
    '- contentinfo:',
    '- region "Saturated at PgBouncer"',
    '- region "Chain"',
    '- region "Alerts"',
    '- region "History"',
    '- region "Slow queries"',
    '- article "PgBouncer"',
    '- meter "Server connections busy"',
    '- figure "Queries a second"',
    '- status: Live',
    '- table "Slow queries"',
  ]) expect(tree).toContain(expected);
  expect(await page.getByRole('columnheader').allTextContents()).toEqual(['Statement', 'Mean', 'Max', 'Total', 'Calls', 'Rows']);
  expect(await page.getByRole('columnheader', { name: 'Mean' }).getAttribute('aria-sort')).toBe('descending');
  const meter = page.getByRole('meter', { name: 'Server connections busy' });
  expect(await meter.getAttribute('aria-valuetext')).toBe('25 of 25, critical');
  expect(await page.getByRole('figure', { name: 'Longest wait' }).textContent()).toMatch(/Highest: at PgBouncer \d+ ms at \d\d:\d\d:\d\d/);
  expect(await page.locator('[aria-live=polite]').textContent()).toMatch(/^Saturated at PgBouncer\. Clients wait 240 ms at PgBouncer/);
  await context.close();
}, 60_000);
