import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium as driver, type Page } from 'playwright-core';
import type { CannedSite } from './canned-site.ts';

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 800 };

/** Made for Lambda: with everything in one process, closing a page can take the browser with it. */
const NOT_HERE = ['--single-process', '--no-zygote'];
const args = chromium.args.filter((argument) => !NOT_HERE.includes(argument));

/** The one browser of a run. */
export const startBrowser = async (): Promise<Browser> =>
  driver.launch({
    executablePath: await chromium.executablePath(),
    args: [...args, '--disable-background-networking', '--no-first-run'],
    headless: true,
  });

/** A page of its own, with whatever went wrong in it: errors of scripts and breaches of the content policy. */
export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[]; close: () => Promise<void> }> => {
  const context = await browser.newContext({ viewport: PHONE, locale: 'es-AR', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /policy|violat/i.test(message.text())) faults.push(message.text());
  });
  // Not «load», which waits for pictures: people do not.
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return { page, faults, close: () => context.close() };
};

/** What every suite of a page works with. */
export interface Bench {
  site: () => CannedSite;
  open: (path: string, options?: BrowserContextOptions) => Promise<Page>;
}
