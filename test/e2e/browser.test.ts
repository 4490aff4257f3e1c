import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { startServer, type TestServer, temporaryFolder } from '../support/server.ts';
import { deployTutorial, runExecution } from '../support/tutorial.ts';

const folder = temporaryFolder();
let server: TestServer;
let machine: string;
let failed: string;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  server = await startServer(folder.path);
  machine = await deployTutorial(server);
  await runExecution(server, machine, { n: 1 });
  failed = (await runExecution(server, machine, { fail: 'TestFunction2' })).executionArn!;
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  folder.remove();
});

const byId = (id: string) => page.getByTestId(id).first();

describe('the console in a real browser', () => {
  it('leads from the map over the failing function and its traces to the exception', async () => {
    await page.goto(`${server.url}/console/map`);
    await page.locator('[data-testid="map-node-TestFunction2"]').last().click();
    await byId('status-error').locator('input').click();
    await byId('view-traces').click();
    await page.waitForURL(/\/console\/traces/);
    expect(decodeURIComponent(page.url())).toContain('TestFunction2');
    await page.locator('[data-testid="trace-row"] a').first().click();
    await page.waitForURL(/\/console\/traces\/1-/);
    await byId('span-row-CallTestFunction2').click({ position: { x: 60, y: 10 } });
    const text = await byId('exception').textContent();
    expect(text).toContain('RangeError');
    expect(text).toContain('Something went wrong in TestFunction2');
  }, 60_000);

  it('goes from the trace to its execution, whose failed state shows its error', async () => {
    await byId('execution-link').click();
    await page.waitForURL(/\/console\/executions/);
    expect(decodeURIComponent(page.url())).toContain(failed.split(':').at(-1)!);
    await byId('state-node-CallTestFunction2').click();
    expect(await byId('state-panel').textContent()).toContain('Something went wrong');
  }, 60_000);

  it('starts an execution with edited input and shows it live', async () => {
    await byId('new-execution').click();
    await byId('execution-name').locator('input').fill('from-the-browser');
    await byId('start-execution').click();
    await page.waitForURL(/from-the-browser/);
    await page
      .getByText(/^(Succeeded|Failed)$/i)
      .first()
      .waitFor();
  }, 60_000);

  it('opens every page without an error', async () => {
    const name = encodeURIComponent(machine);
    const paths = ['', 'machines', `machines/${name}`, 'executions', 'map', 'traces', 'functions'];
    for (const path of [...paths, 'functions/TestFunction1', 'logs']) {
      await page.goto(`${server.url}/console/${path}`);
      await page.locator('main, #root').first().waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
    }
    expect(errors).toEqual([]);
  }, 60_000);
});
