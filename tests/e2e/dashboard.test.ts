import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { DEMO_PASSWORD } from '../../src/demo/users.ts';
import { findChromium, startChromium } from '../support/chromium.ts';
import { smallHousehold } from '../support/household.ts';
import { type ShowrunnerProcess, startProcess } from '../support/showrunner-process.ts';

const KEY = 'dashboard-test-key-of-24-characters';
/** How long one thing may take to appear. */
const PATIENCE_MS = 30_000;
const TEST_MS = 120_000;
const runList = z.object({ jobRuns: z.object({ nodes: z.array(z.object({ state: z.string() })) }) });
const pick = z.object({ series: z.object({ name: z.string() }), evidence: z.array(z.unknown()) });
const picks = z.object({ picks: z.array(pick) }).nullable();
const pickList = z.object({
  users: z.object({ nodes: z.array(z.object({ name: z.string(), recommendations: picks })) }),
});
const userList = z.object({
  users: z.object({ nodes: z.array(z.object({ id: z.string(), name: z.string() })) }),
});
const newKey = z.object({ createApiKey: z.object({ key: z.string() }) });
const feedback = z.object({ dismissedAt: z.string().nullable(), series: z.object({ name: z.string() }) });
const feedbackList = z.object({
  users: z.object({
    nodes: z.array(z.object({ name: z.string(), feedback: z.object({ nodes: z.array(feedback) }) })),
  }),
});
const chromiumPath = findChromium();
if (chromiumPath === null)
  process.stderr.write('The live page is not tested: there is no Chromium. Name one in CHROMIUM_PATH.\n');

describe.skipIf(chromiumPath === null)('the live page', { timeout: TEST_MS }, () => {
  let folder: string;
  let media: DemoServer;
  let server: ShowrunnerProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
    media = await startDemoServer({ catalog: await smallHousehold(30), mediaFolder: join(folder, 'media') });
    server = await startProcess({
      SHOWRUNNER_DATA: folder,
      SHOWRUNNER_ADMIN_KEY: KEY,
      SHOWRUNNER_NEW_USERS: 'enabled',
      MEDIA_SERVER_URL: media.url,
      MEDIA_SERVER_API_KEY: media.apiKey,
    });
    browser = await startChromium(chromiumPath ?? '');
    context = await browser.newContext();
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
  }, TEST_MS);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await media?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** How long the media server takes for each answer, which makes jobs long or short. */
  async function mediaServerTakes(latencyMs: number): Promise<void> {
    await fetch(`${media.url}/demo/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs }),
    });
  }

  async function visit(view: string): Promise<void> {
    await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: view, exact: true }).waitFor();
  }

  /** Waits until the element says the text. */
  async function says(element: Locator, text: string | RegExp): Promise<void> {
    await element.filter({ hasText: text }).first().waitFor();
  }

  it('refuses a wrong key with the reason, and lets the right one in', async () => {
    await page.goto(server.url);
    await page.getByLabel('API key').fill('wrong-key');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await says(page.getByRole('alert'), 'The server refused this key.');

    await page.getByLabel('API key').fill(KEY);
    await page.keyboard.press('Enter');
    await says(page.locator('.connection'), 'Live');
    await says(page.locator('.caller'), 'admin');
  });

  it('takes a key from the address and removes it there', async () => {
    const other = await context.newPage();
    await other.goto(`${server.url}/#key=${KEY}`);
    await other.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    expect(other.url()).toBe(`${server.url}/`);
    await other.close();
  });

  it('follows a workflow live, also over a lost network, to its end', async () => {
    await mediaServerTakes(1_000);
    await page.getByRole('button', { name: 'Start Initial setup' }).click();
    const card = page.locator('article.workflow');
    await says(card.locator('.track > li').first(), 'Running');
    await card.locator('.step').getByRole('progressbar').first().waitFor();

    await context.setOffline(true);
    await says(page.locator('.connection'), 'Reconnecting');
    await mediaServerTakes(0);
    await vi.waitFor(async () => expect(await runStates()).toEqual(Array(6).fill('SUCCEEDED')), PATIENCE_MS);
    await says(card.locator('.track > li').first(), 'Running');

    await context.setOffline(false);
    await says(page.locator('.connection'), 'Live');
    await says(card.locator('.card-head .state'), 'Succeeded');
    const states = await card.locator('.track > li .state').allTextContents();
    expect(states).toEqual(Array(6).fill('Succeeded'));
    await says(card.locator('.track > li').first(), 'Series added 30');
  });

  it('cancels a run', async () => {
    await mediaServerTakes(1_000);
    await page.getByRole('button', { name: 'Run Sync series', exact: true }).click();
    const card = page.locator('article.run', { hasText: 'Sync series' });
    await says(card.locator('.state'), 'Running');
    await card.getByRole('button', { name: 'Cancel' }).click();
    await says(card.locator('.state'), 'Cancelled');
    await mediaServerTakes(0);
  });

  it('shows a cancelled run in the history and runs it again', async () => {
    await visit('Runs');
    await page.getByLabel('State').selectOption('CANCELLED');
    await says(page.getByRole('status'), '1 run');
    await page.getByRole('row').getByRole('link', { name: 'Sync series' }).click();
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await says(page.locator('.facts'), /Retry by/);
    await says(page.locator('.card-head .state'), 'Succeeded');
    await says(page.locator('.figures'), 'Series seen');
  });

  it('shows whose picks they are, and why', async () => {
    await visit('Picks');
    await page.getByLabel('User').selectOption('ada');
    const first = page.locator('.pick').first();
    await first.waitFor();
    const { name, evidence } = await firstPickOf('ada');
    await says(first.getByRole('heading'), name);
    expect(await first.locator('.evidence li').count()).toBe(evidence);
    expect(await first.locator('.part-bar').count()).toBeGreaterThan(0);
    await first.locator('img.poster').waitFor();
    const isDrawn = (image: SVGElement | HTMLElement) =>
      image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0;
    await vi.waitFor(async () => expect(await first.locator('img.poster').evaluate(isDrawn)).toBe(true));
  });

  it('takes what a viewer says of picks, offers the new ones, and takes it back', async () => {
    const first = page.locator('.pick').first();
    const name = (await firstPickOf('ada')).name;
    await first.getByRole('button', { name: `Not interested in ${name}` }).click();
    await says(first, 'Not interested');
    expect(await first.getByRole('button', { name: `Undo for ${name}` }).evaluate(isFocused)).toBe(true);
    expect(await saidOf(name)).toMatchObject({ dismissedAt: expect.any(String) });

    const second = page.locator('.pick').nth(1);
    const late = (await second.getByRole('heading').textContent())?.replace(/^2\. /, '') ?? '';
    await second.getByText('Not now').focus();
    await page.keyboard.press('Enter');
    await second.getByRole('button', { name: 'For a month' }).click();
    await says(second, /Not before/);
    await page.locator('.pick').nth(2).getByRole('combobox').selectOption('9');

    await page.getByRole('button', { name: 'Show the new picks' }).click();
    await says(page.getByRole('heading', { level: 2 }), 'Rated, dismissed and put off');
    await vi.waitFor(async () => expect(await page.locator('.said').count()).toBe(3));
    const names = await page.locator('.pick').getByRole('heading').allTextContents();
    expect(names.some((each) => each.includes(name) || each.includes(late))).toBe(false);

    await page.locator('.said', { hasText: name }).getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: `Not interested in ${name}` }).waitFor();
    expect(await saidOf(name)).toBeUndefined();
  });

  it('plots how good the picks are, with the figures as a table', async () => {
    await visit('Quality');
    await says(page.locator('section').first(), 'Not measured yet');
    await visit('Jobs');
    await page.getByRole('button', { name: 'Run Evaluate recommendations', exact: true }).click();
    await says(
      page.locator('article.run', { hasText: 'Evaluate recommendations' }).locator('.state'),
      'Succeeded',
    );
    await visit('Quality');
    const chart = page.getByRole('img', { name: /^NDCG@10/ });
    await chart.waitFor();
    expect(await chart.locator('rect').count()).toBeGreaterThanOrEqual(6);
    await page.getByLabel('Measure').selectOption('coverage');
    await page.getByRole('img', { name: /^Coverage/ }).waitFor();
    const table = page.getByRole('table', { name: 'Coverage by known series' });
    expect(await table.isVisible()).toBe(false);
    await page.getByText('Coverage by known series, as a table').focus();
    await page.keyboard.press('Enter');
    await says(table, 'Recommender');
    await says(page.locator('section').last(), 'What became of past picks');
    await page.getByRole('img', { name: /^Share of started picks/ }).waitFor();
  });

  it('shows a viewer their own picks alone, and takes what they say of them', async () => {
    const { users } = await ask(userList, '{ users { nodes { id name } } }');
    const ben = users.nodes.find(({ name }) => name === 'ben')?.id ?? '';
    const made = await ask(
      newKey,
      `mutation { createApiKey(input: { name: "ben", role: VIEWER, userId: "${ben}" }) { ... on CreateApiKeySuccess { key } } }`,
    );
    const other = await browser.newContext();
    const own = await other.newPage();
    own.on('pageerror', (error) => complaints.push(error.message));
    await own.goto(`${server.url}/#key=${made.createApiKey.key}`);
    await own.locator('.pick').first().waitFor();
    expect(await own.getByRole('navigation').getByRole('link').allTextContents()).toEqual([
      'Picks',
      'Series',
    ]);
    expect(await own.getByLabel('User').locator('option').allTextContents()).toEqual(['ben']);
    await own
      .locator('.pick')
      .first()
      .getByRole('button', { name: /^Not interested/ })
      .click();
    await own.getByRole('button', { name: 'Show the new picks' }).click();
    await own.locator('.said').getByRole('button', { name: 'Undo' }).waitFor();
    await other.close();
  });

  it('lets a user of the media server in by name and password, and out again', async () => {
    const other = await browser.newContext();
    const own = await other.newPage();
    own.on('pageerror', (error) => complaints.push(error.message));
    await own.goto(server.url);
    await own.getByLabel('Name').fill('Ben');
    await own.getByLabel('Password').fill('wrong');
    await own.keyboard.press('Enter');
    await says(own.getByRole('alert'), 'This name and password do not sign in.');
    await own.getByLabel('Password').fill(DEMO_PASSWORD);
    await own.getByRole('button', { name: 'Sign in' }).click();
    await says(own.locator('.caller'), 'ben');
    await own.locator('.pick').first().waitFor();
    const sessions = z.object({ apiKeys: z.array(z.object({ name: z.string(), state: z.string() })) });
    const states = '{ apiKeys(kind: SESSION) { name state } }';
    expect(await ask(sessions, states)).toEqual({ apiKeys: [{ name: 'ben', state: 'ACTIVE' }] });
    await own.getByRole('button', { name: 'Sign out' }).click();
    await own.getByLabel('Name').waitFor();
    await vi.waitFor(
      async () =>
        expect(await ask(sessions, states)).toEqual({ apiKeys: [{ name: 'ben', state: 'REVOKED' }] }),
      PATIENCE_MS,
    );
    await other.close();
  });

  it('finds series by words', async () => {
    await visit('Series');
    await page.getByRole('searchbox').fill('soprano');
    await says(page.getByRole('status'), '1 series');
    await says(page.locator('.series'), 'The Sopranos');
    await page.getByRole('searchbox').fill('zzzz');
    await says(page.getByRole('status'), 'Nothing found');
  });

  it('says what is wrong with an edited schedule, and stores a good one', async () => {
    await visit('Schedules');
    const row = page.locator('.schedule', { hasText: 'Nightly sync' });
    await row.getByLabel('Every').fill('every blue moon');
    await row.getByRole('button', { name: 'Save Nightly sync' }).click();
    await says(row.getByRole('alert'), 'every blue moon');
    await row.getByLabel('Every').fill('30 1 * * *');
    await row.getByLabel('Time zone').fill('Asia/Tokyo');
    await page.keyboard.press('Enter');
    await row.getByRole('alert').waitFor({ state: 'detached' });
    await row.getByRole('switch').uncheck();
    await says(row, 'Not planned');
    await page.reload();
    await says(row, 'Not planned');
    expect(await row.getByLabel('Every').inputValue()).toBe('30 1 * * *');
  });

  it('broke no rule of its content security policy and threw nothing', () => {
    expect(complaints).toEqual([]);
  });

  async function ask<Data>(data: z.ZodType<Data>, query: string): Promise<Data> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ query }),
    });
    return z.object({ data }).parse(await response.json()).data;
  }

  const isFocused = (element: SVGElement | HTMLElement) => element === document.activeElement;

  async function saidOf(series: string): Promise<unknown> {
    const { users } = await ask(
      feedbackList,
      '{ users { nodes { name feedback { nodes { dismissedAt series { name } } } } } }',
    );
    const said = users.nodes.find(({ name }) => name === 'ada')?.feedback.nodes ?? [];
    return said.find((each) => each.series.name === series);
  }

  async function runStates(): Promise<string[]> {
    const { jobRuns } = await ask(runList, '{ jobRuns { nodes { state } } }');
    return jobRuns.nodes.map(({ state }) => state);
  }

  async function firstPickOf(user: string): Promise<{ name: string; evidence: number }> {
    const { users } = await ask(
      pickList,
      '{ users { nodes { name recommendations { picks(first: 1) { series { name } evidence { kind } } } } } }',
    );
    const [pick] = users.nodes.find(({ name }) => name === user)?.recommendations?.picks ?? [];
    return { name: pick?.series.name ?? '', evidence: pick?.evidence.length ?? 0 };
  }
});
