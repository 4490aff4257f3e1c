import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { startServer, type TestServer, temporaryFolder, until } from '../support/server.ts';

/** Fifty pages of the table. */
const EXECUTIONS = 5000;
const AT_ONCE = 50;
const PAGE_ROWS = 100;

const folder = temporaryFolder();
let server: TestServer;
let sfn: SFNClient;
let machine: string;
let browser: Browser;
let page: Page;

const start = (name: string): Promise<unknown> =>
  sfn.send(new StartExecutionCommand({ stateMachineArn: machine, name }));

beforeAll(async () => {
  server = await startServer(folder.path);
  sfn = new SFNClient(server.client);
  const made = await sfn.send(
    new CreateStateMachineCommand({
      name: 'many',
      roleArn: 'arn:aws:iam::000000000000:role/x',
      definition: '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}',
    }),
  );
  machine = made.stateMachineArn!;
  const names = Array.from({ length: EXECUTIONS }, (_, index) => `run-${index}`);
  while (names.length > 0) await Promise.all(names.splice(0, AT_ONCE).map(start));
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  folder.remove();
});

const rows = () => page.getByTestId('execution-row');
const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';
const foot = () => textOf(page.getByTestId('table-foot'));
const state = () => page.locator('.resource-table').getAttribute('data-state');
const scroll = (to: 'top' | 'end') =>
  page
    .locator('.table-scroll')
    .evaluate((frame, to) => frame.scrollTo({ top: to === 'top' ? 0 : frame.scrollHeight }), to);
const reaches = (what: string, probe: () => Promise<boolean>) =>
  until(what, async () => ((await probe()) ? true : undefined));

async function open(query = ''): Promise<void> {
  await page.goto(`${server.url}/console/executions${query}`);
  await page.locator('.resource-table[data-state]').waitFor();
}

it('reads on as one scrolls, and draws only what is in sight', async () => {
  await open();
  await rows().first().waitFor();
  expect(await foot()).toContain(`${PAGE_ROWS} executions so far, more follow`);
  const seen = new Set<string>();
  await reaches('the fifth page', async () => {
    for (const name of await rows().locator('a.mono').allTextContents()) seen.add(name);
    expect(await rows().count()).toBeLessThan(PAGE_ROWS);
    await page.locator('.table-scroll').hover();
    await page.mouse.wheel(0, 700);
    return Number((await foot()).replace(/ .*/s, '')) >= 5 * PAGE_ROWS;
  });
  // Scrolled through, not jumped over: each row came into sight once.
  expect(seen.size).toBeGreaterThan(3 * PAGE_ROWS);
  expect([...seen].filter((name) => !/^run-\d+$/.test(name))).toEqual([]);
}, 120_000);

it('holds what is being looked at, and shows what is new back at the top', async () => {
  await start('newest');
  await page.waitForTimeout(1500);
  expect(await foot()).toContain('Newer ones are shown again at the top');
  await scroll('top');
  await page.getByText('newest', { exact: true }).waitFor();
  expect(await foot()).toContain(`${PAGE_ROWS} executions so far`);
  // And from now on by itself.
  await start('newer-still');
  await page.getByText('newer-still', { exact: true }).waitFor();
}, 60_000);

it('offers an order of all rows only where all rows are here', async () => {
  await open();
  await rows().first().waitFor();
  expect(await page.getByRole('button', { name: 'Duration', exact: true }).count()).toBe(0);
  await open('?name=run-12');
  await rows().first().waitFor();
  await scroll('end');
  await reaches('all rows', async () => (await foot()).startsWith('111 executions'));
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.waitForURL(/sort=name/);
  expect(await textOf(rows().first().locator('a.mono'))).toBe('run-12');
}, 60_000);

it('is moved through, ticked and opened with the keyboard', async () => {
  await open('?name=run-1234');
  await rows().first().waitFor();
  const table = page.getByRole('grid', { name: 'Executions' });
  await table.focus();
  await table.press('x');
  expect(await rows().first().getAttribute('aria-selected')).toBe('true');
  expect(await textOf(page.locator('.resource-table header'))).toContain('1 selected');
  await table.press('Enter');
  await page.waitForURL(/executions\/arn.*run-1234/);
}, 60_000);

it('remembers which columns are wanted', async () => {
  await open('?name=run-1234');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByTestId('column-machine').click();
  await page.reload();
  await rows().first().waitFor();
  expect(await page.getByRole('columnheader', { name: 'State machine' }).count()).toBe(0);
  expect(await page.getByRole('columnheader', { name: 'Status' }).count()).toBe(1);
}, 60_000);

it('tells loading, empty, broken and old apart', async () => {
  await open('?name=nobody');
  await page.getByText('No execution fits these filters').waitFor();
  expect(await state()).toBe('empty');

  const calls = '**/_steplight/api/**';
  const broken = { status: 400, body: '{"__type":"Broken"}' };
  let isOver = false;
  await page.route(calls, async (route) => {
    await until('the look at it', async () => (isOver ? true : undefined));
    await route.fulfill(broken);
  });
  await open('?name=run-77');
  expect(await state()).toBe('loading');
  isOver = true;
  await reaches('the error', async () => (await state()) === 'error');
  await page.unroute(calls);

  await open('?name=run-77');
  await rows().first().waitFor();
  expect(await state()).toBe('ready');
  await page.route(calls, (route) => route.fulfill(broken));
  await start('something-new');
  await reaches('the notice', async () => (await state()) === 'stale');
  expect(await textOf(page.locator('.resource-table'))).toContain('Not up to date');
  expect(await rows().count()).toBeGreaterThan(5);
  await page.unroute(calls);
}, 60_000);
