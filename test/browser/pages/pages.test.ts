import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { type Bench, openPage, startBrowser } from './browser.ts';
import { type CannedSite, startCannedSite } from './canned-site.ts';
import { checkoutSuite } from './checkout-suite.ts';
import { shopSuite } from './shop-suite.ts';
import { weightSuite } from './weight-suite.ts';

let browser: Browser;
let site: CannedSite;
const opened: Awaited<ReturnType<typeof openPage>>[] = [];

beforeAll(async () => {
  [browser, site] = await Promise.all([startBrowser(), startCannedSite()]);
});
beforeEach(() => site.reset());
afterEach(async () => {
  const closing = opened.splice(0);
  const faults = closing.flatMap((page) => page.faults);
  await Promise.all(closing.map(({ close }) => close()));
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const bench: Bench = {
  site: () => site,
  open: async (path, options) => {
    const page = await openPage(browser, site.url + path, options);
    opened.push(page);
    return page.page;
  },
};

describe('the shop page', () => shopSuite(bench));
describe('the checkout page', () => checkoutSuite(bench));
describe('the built pages', weightSuite);
