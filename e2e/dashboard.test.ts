import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Cookie, Locator, Page } from 'playwright-core';
import { holdSessions, type HeldSessions } from './held-sessions.ts';
import { openBrowser, type LiveBrowser, type Profile } from './dashboard-browser.ts';
import { dockerOutput, openDockerScope, untilHealth } from './docker.ts';
import { openLiveEnvironment, type LiveApp, type LiveEnvironment } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { LONG_WAITS } from './live-plan.ts';

const scope = openDockerScope('dashboard');
const PATH = '/api/admin/monitoring';
const SESSION_SECONDS = 8 * 3_600;
/** For what the page shows by itself some seconds later. */
const SOON = { timeout: 30_000 };

let live: LiveEnvironment;
let app: LiveApp;
let browser: LiveBrowser;
let profile: Profile;
let page: Page;
const held: HeldSessions[] = [];
const urls: string[] = [];

const ADDRESS = `http://127.0.0.1:3001${PATH}/`;
const card = (name: string): Locator => page.getByRole('article', { name });
const untilVerdict = (text: string): Promise<void> =>
  page.getByRole('heading', { level: 2, name: text, exact: true }).waitFor(SOON);

async function signIn(token: string): Promise<void> {
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials, {
    ...LONG_WAITS,
    pooler: { ...LONG_WAITS.pooler, poolSize: 2 },
  });
  app = await live.startApp();
  browser = await openBrowser(scope, `${scope.name}-net`, `${app.id.slice(0, 12)}:3001`);
  profile = await browser.openProfile({ viewport: { width: 1_280, height: 800 } });
  ({ page } = profile);
  profile.context.on('request', (request) => urls.push(request.url()));
}, 600_000);
afterEach(async () => {
  for (const sessions of held.splice(0)) await sessions.close();
});
afterAll(async () => {
  try {
    await browser.close();
  } finally {
    // Also when there never was a browser.
    await scope.close();
  }
}, 60_000);

test('a wrong token leaves no cookie, the right one a cookie that no script can read', async () => {
  const answer = await page.goto(ADDRESS);
  expect(answer?.status()).toBe(401);
  await signIn('a token that is not the right one, but long');
  await page.getByRole('alert').waitFor(SOON);
  expect(await page.getByRole('alert').textContent()).toMatch(/not the admin token/);
  expect(await profile.context.cookies()).toEqual([]);
  // The browser itself reports a page that comes with 401.
  expect(profile.complaints.splice(0).filter((complaint) => !complaint.includes('401'))).toEqual(
    [],
  );

  await signIn(app.adminToken);
  await untilVerdict('All well');
  expect(page.url()).toBe(ADDRESS);
  const cookies = await profile.context.cookies();
  expect(cookies).toEqual([
    expect.objectContaining({
      httpOnly: true,
      sameSite: 'Strict',
      path: PATH,
    } satisfies Partial<Cookie>),
  ]);
  const { expires = 0, value = '' } = cookies[0] ?? {};
  expect(expires - Date.now() / 1_000).toBeGreaterThan(SESSION_SECONDS - 60);
  expect(expires - Date.now() / 1_000).toBeLessThanOrEqual(SESSION_SECONDS);
  expect(value).not.toContain(app.adminToken);
}, 60_000);

test('an idle page shows every layer up, use against real limits, and live data', async () => {
  await page.locator('#live[data-state=live]').waitFor(SOON);
  for (const name of ['App', 'PgBouncer', 'Postgres', 'Redis'])
    expect(await card(name).getByText('up', { exact: true }).count()).toBe(1);
  expect(
    await card('App')
      .getByRole('meter', { name: 'Client connections busy' })
      .getAttribute('aria-valuemax'),
  ).toBe('5');
  expect(
    await card('PgBouncer')
      .getByRole('meter', { name: 'Server connections busy' })
      .getAttribute('aria-valuemax'),
  ).toBe('2');
  expect(await card('Postgres').getByRole('meter').getAttribute('aria-valuemax')).toBe('87');
  expect(await page.locator('#alerts').textContent()).toContain('No alerts');
  await page
    .getByRole('figure', { name: 'Queries a second' })
    .getByText(/Highest: through PgBouncer/)
    .waitFor(SOON);
}, 60_000);

test('a hostile name in a statement is shown as text', async () => {
  const hostile = '<img src=x onerror="document.title=1">';
  await live.ask(`SELECT pg_sleep(0.3) AS "${hostile.replaceAll('"', '""')}"`);
  await page.getByLabel(/At least/).selectOption('100');
  const statement = page.getByRole('cell').filter({ hasText: 'onerror' });
  await statement.waitFor(SOON);
  expect(await statement.textContent()).toContain(`AS "${hostile.replaceAll('"', '""')}"`);
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.title()).toMatch(/^All well/);
}, 60_000);

test('clients that wait are shown live, where and for how long, until it is over', async () => {
  await page.evaluate('globalThis.neverReloaded = true');
  held.push(
    await holdSessions(scope, live, {
      size: 12,
      way: 'pooled',
      login: credentials.app,
      script: 'sleepInTransaction',
    }),
  );
  await untilVerdict('Saturated at PgBouncer');
  // Ten of the held sessions, and what the app asks meanwhile.
  await card('PgBouncer')
    .getByText(/^1\d wait$/)
    .waitFor(SOON);
  expect(
    await card('PgBouncer')
      .getByText(/wait for a server connection: longest/)
      .textContent(),
  ).toMatch(/^1\d wait for a server connection: longest [\d.]+ m?s, refused after 50 s$/);
  expect(
    await card('PgBouncer')
      .getByRole('meter', { name: 'Server connections busy' })
      .getAttribute('aria-valuetext'),
  ).toBe('2 of 2, critical');
  expect(await card('PgBouncer').textContent()).toContain('bottleneck');
  expect(await page.locator('.change').textContent()).toMatch(/pooler\.poolSize2 → 1\d/);
  await page
    .locator('.alert', { hasText: "PgBouncer's server connections are at 100%" })
    .getByText('critical')
    .waitFor(SOON);
  expect(await page.title()).toMatch(/^SATURATED/);
  await held.pop()?.close();
  await untilVerdict('All well');
  await page.getByText('No alerts').waitFor({ timeout: 60_000 });
  expect(await page.evaluate('globalThis.neverReloaded')).toBe(true);
}, 180_000);

test('Postgres down is shown live and recovers without a reload', async () => {
  await dockerOutput('kill', live.postgres);
  await untilVerdict('Down: Postgres');
  expect(await card('Postgres').textContent()).toMatch(/DOWN|down/);
  expect(await card('Postgres').textContent()).toMatch(/since \d\d:\d\d:\d\d \(/);
  expect(await page.getByText('broken: the next one does not answer').count()).toBe(1);
  await page.getByLabel('Show').selectOption('20');
  await page.locator('#slow-queries-note[data-state=failed]').waitFor(SOON);
  expect(await page.locator('#slow-queries-table').isVisible()).toBe(false);
  await dockerOutput('start', live.postgres);
  await untilHealth(live.postgres, 'healthy');
  await untilVerdict('All well');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  expect(await page.evaluate('globalThis.neverReloaded')).toBe(true);
}, 120_000);

test('while the app is away nothing is claimed; the page reconnects with its history', async () => {
  const pointsBefore = await page.locator('#timeline rect').count();
  expect(pointsBefore).toBeGreaterThan(1);
  await dockerOutput('stop', app.id);
  await page.locator('#live[data-state=reconnecting]').waitFor(SOON);
  expect(await page.locator('#live').textContent()).toMatch(/^Reconnecting since \d\d:\d\d:\d\d$/);
  await untilVerdict('Not known');
  expect(await page.locator('#verdict').textContent()).toMatch(
    /No live data: .*Everything below is as of \d\d:\d\d:\d\d/,
  );
  await dockerOutput('start', app.id);
  await page.locator('#live[data-state=live]').waitFor(SOON);
  await untilVerdict('All well');
  expect(await page.locator('#timeline rect').count()).toBeGreaterThanOrEqual(pointsBefore);
  expect(await page.evaluate('globalThis.neverReloaded')).toBe(true);
}, 120_000);

test('nothing sticks out at the side of a phone of 320 px, with real data', async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.locator('.chart-canvas canvas').first().waitFor();
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  await page.setViewportSize({ width: 1_280, height: 800 });
}, 60_000);

test('the token is in no address and no storage, and no script has failed', async () => {
  expect(urls.length).toBeGreaterThan(5);
  for (const url of urls) {
    expect(url.startsWith(ADDRESS) || url.startsWith('data:')).toBe(true);
    expect(decodeURIComponent(url)).not.toContain(app.adminToken);
  }
  expect(
    await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])'),
  ).toBe('[{},{},""]');
  // A browser reports each request that fails; those were meant.
  expect(
    profile.complaints.filter((complaint) => !complaint.startsWith('Failed to load resource')),
  ).toEqual([]);
});

test('a session that ends elsewhere leads back to the sign-in page', async () => {
  await profile.context.clearCookies();
  await dockerOutput('restart', app.id);
  await page.getByLabel('Admin token').waitFor(SOON);
  await signIn(app.adminToken);
  await untilVerdict('All well');
}, 120_000);

test('signing out removes the cookie, and the page asks for the token', async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Admin token').waitFor(SOON);
  expect(await profile.context.cookies()).toEqual([]);
  expect((await page.goto(ADDRESS))?.status()).toBe(401);
}, 60_000);

test('after too many wrong tokens the page says that it is closed for a while', async () => {
  for (let tries = 0; tries < 40; tries += 1) {
    await signIn(`a wrong token, number ${tries}, of enough length`);
    await page.getByRole('alert').waitFor(SOON);
    if (
      (await page.getByRole('alert').textContent())?.startsWith(
        'There were too many failed attempts',
      ) === true
    )
      return;
  }
  throw new Error('40 wrong tokens in a row were all looked at');
}, 240_000);
