/** A real Chromium from npm, headless; nothing is downloaded. */
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** `STEPLIGHT_CHROMIUM` names another browser to use. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.STEPLIGHT_CHROMIUM ?? (await chromium.executablePath());
  return playwright.launch({
    executablePath,
    headless: true,
    args: [
      ...chromium.args,
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
