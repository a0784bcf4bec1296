import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { idle, plan, poolerSaturated } from '../app/src/monitoring/testing/observations.ts';
import { showCanned } from './canned-dashboard.ts';
import { openBrowser, type LiveBrowser } from './dashboard-browser.ts';
import { CANNED_STATES, canState } from './dashboard-states.ts';
import { openDockerScope } from './docker.ts';

const scope = openDockerScope('dashboard-use');

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

test('the text of a statement stays text, whatever it looks like', async () => {
  const profile = await browser.openProfile();
  const query =
    `SELECT '<img src=x onerror="document.title='owned'">' AS ` +
    '"</code><script>alert($1)</script>"';
  await showCanned(profile, {
    ...CANNED_STATES.idle,
    slowQueries: {
      since: null,
      queries: [{ query, calls: 1, totalMs: 1.2, meanMs: 1.2, maxMs: 1.2, rows: 1 }],
    },
  });
  expect(await profile.page.getByRole('cell').locator('code').textContent()).toBe(query);
  expect(await profile.page.locator('img, main script').count()).toBe(0);
  expect(profile.complaints).toEqual([]);
  await profile.context.close();
}, 60_000);

/**
 * What has the focus, by its name or its text, and whether that can be seen. Text, because a
 * browser's names are unknown here.
 */
const FOCUSED = `(() => {
  const { activeElement: focused } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(focused);
  const ring = outlineStyle === 'none' || outlineWidth === '0px' ? ' without a ring' : '';
  return (focused.name || focused.id || focused.textContent) + ring;
})()`;

test('the keyboard reaches sections and controls, each with a visible ring', async () => {
  const { page, context, complaints } = await browser.openProfile({
    viewport: { width: 1_280, height: 800 },
  });
  await showCanned({ page, context, complaints }, CANNED_STATES.saturated);
  const stops: string[] = [];
  for (let stop = 0; stop < 13; stop += 1) {
    await page.keyboard.press('Tab');
    stops.push(await page.evaluate<string>(FOCUSED));
  }
  expect(stops).toEqual([
    'Skip to the verdict',
    'Chain',
    'Alerts',
    'History',
    'Slow queries',
    'Sign out',
    'moment',
    'minMs',
    'limit',
    'Mean',
    'Max',
    'Total',
    'Calls',
  ]);
  await context.close();
}, 60_000);

test('the arrow keys move a moment through the hour, and every legend follows', async () => {
  const { page, context, complaints } = await browser.openProfile({ timezoneId: 'UTC' });
  await showCanned({ page, context, complaints }, CANNED_STATES.saturated);
  const legend = page
    .getByRole('figure', { name: 'PgBouncer: server connections' })
    .getByRole('list');
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

test('a screen reader finds landmarks, bars with limits, charts and table headers', async () => {
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
  ])
    expect(tree).toContain(expected);
  expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
    'Statement',
    'Mean',
    'Max',
    'Total',
    'Calls',
    'Rows',
  ]);
  expect(await page.getByRole('columnheader', { name: 'Mean' }).getAttribute('aria-sort')).toBe(
    'descending',
  );
  const meter = page.getByRole('meter', { name: 'Server connections busy' });
  expect(await meter.getAttribute('aria-valuetext')).toBe('25 of 25, critical');
  expect(await page.getByRole('figure', { name: 'Longest wait' }).textContent()).toMatch(
    /Highest: at PgBouncer \d+ ms at \d\d:\d\d:\d\d/,
  );
  expect(await page.locator('[aria-live=polite]').textContent()).toMatch(
    /^Saturated at PgBouncer\. Clients wait 240 ms at PgBouncer/,
  );
  await context.close();
}, 60_000);

test("while PgBouncer's reserve is in use its bar is as critical as its alert", async () => {
  const profile = await browser.openProfile();
  const { pgbouncer } = poolerSaturated;
  if (pgbouncer.state !== 'up') throw new Error('the fixture has a PgBouncer');
  await showCanned(
    profile,
    canState(
      {
        ...poolerSaturated,
        pgbouncer: { ...pgbouncer, servers: { ...pgbouncer.servers, active: 26, total: 26 } },
      },
      'saturated',
    ),
  );
  expect(
    await profile.page
      .getByRole('meter', { name: 'Server connections busy' })
      .getAttribute('aria-valuetext'),
  ).toBe('26 of 30, critical');
  expect(
    await profile.page
      .locator('.alert', { hasText: "PgBouncer's server connections are at 104%" })
      .getAttribute('data-level'),
  ).toBe('critical');
  await profile.context.close();
}, 60_000);

test('without a pooler its card and charts are gone, and the app leads to Postgres', async () => {
  const profile = await browser.openProfile();
  const budget = [{ name: 'direct connections', path: 'app -> Postgres', used: 11, limit: 87 }];
  await showCanned(
    profile,
    canState({ ...idle, pgbouncer: { state: 'off' } }, 'ok', { ...plan, pooler: 'off', budget }),
  );
  expect(await profile.page.getByRole('article').getByRole('heading').allTextContents()).toEqual([
    'App',
    'Postgres',
    'Redis',
  ]);
  expect(await profile.page.getByRole('article', { name: 'Postgres' }).textContent()).toContain(
    'planned at worst 11 of 87',
  );
  expect(await profile.page.getByRole('figure').getByRole('heading').allTextContents()).toEqual([
    'App: client connections',
    'Postgres: connections',
    'Waiting',
    'Longest wait',
    'Redis',
  ]);
  expect(profile.complaints).toEqual([]);
  await profile.context.close();
}, 60_000);

test('a layer that is off is called neither up nor down', async () => {
  const profile = await browser.openProfile();
  await showCanned(
    profile,
    canState({ ...idle, postgres: { state: 'off' }, redis: { state: 'off' } }, 'ok'),
  );
  expect(await profile.page.locator('.card-state').allTextContents()).toEqual([
    'up',
    'up',
    'off',
    'off',
  ]);
  expect(
    await profile.page.getByRole('article', { name: 'Postgres' }).getAttribute('data-state'),
  ).toBe('off');
  expect(await profile.page.getByRole('article', { name: 'Redis' }).textContent()).toContain(
    'This environment has none',
  );
  expect(profile.complaints).toEqual([]);
  await profile.context.close();
}, 60_000);

test('a stream that the server ends is followed by the next one without a word', async () => {
  const { page, context, complaints } = await browser.openProfile();
  await showCanned({ page, context, complaints }, CANNED_STATES.idle);
  await page.evaluate(`globalThis.seen = new Set();
    const live = document.getElementById('live');
    new MutationObserver(() => seen.add(live.dataset.state)).observe(
      live, { attributes: true, attributeFilter: ['data-state'] })`);
  await page.evaluate('endStream()');
  await page.waitForFunction(() => (globalThis as { streamsAsked?: number }).streamsAsked === 2);
  expect(await page.evaluate<string[]>('[...seen]')).not.toContain('reconnecting');
  expect(await page.locator('#live').textContent()).toBe('Live');
  await context.close();
}, 60_000);
