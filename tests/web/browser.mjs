// Debian's Chromium, and what no page may do in it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { School, password, root } from './school.mjs';

const shell = createRequire(join(root, 'modules/shell/package.json'));
const { chromium } = shell('playwright-core');
const axe = readFileSync(shell.resolve('axe-core/axe.min.js'), 'utf8');

export const launch = () =>
  chromium.launch({
    executablePath: process.env.ESCHOOL_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  });

/** What a file of tests works with: the school and its running server, a browser, the API of the administrator. */
export async function serving(school = new School()) {
  await school.start();
  try {
    const browser = await launch();
    after(async () => {
      await browser.close();
      await school.stop();
    });
    return { school, browser, administrator: await school.api('administrator') };
  } catch (error) {
    await school.stop(); // without tests nothing is called after them
    throw error;
  }
}

/** A page whose faults are collected: errors of the console, exceptions, reports of the CSP, requests to other hosts. */
export async function open(browser, url, width = 1280) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'ru-RU', acceptDownloads: true });
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy|Trusted/.test(message.text())) page.faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => page.faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) page.faults.push(`foreign: ${request.url()}`);
  });
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(`${url}/`);
  await page.waitForSelector('input[name=login]');
  return page;
}

export async function signIn(page, role) {
  await page.fill('input[name=login]', `the-${role}`);
  await page.fill('input[name=password]', password);
  await page.click('.sign-in button');
  await page.waitForSelector('header .brand');
}

/** Waits until `look` answers true in the page. (The library's own wait would be eval there, which the CSP forbids.) */
export async function until(page, look, argument) {
  const end = Date.now() + 15_000;
  for (;;) {
    if (await page.evaluate(look, argument)) return;
    assert.ok(Date.now() < end, `never came true: ${look}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until the page has what it shows: a heading, and no skeleton. */
export async function settled(page) {
  await page.waitForSelector('main h1');
  await until(page, () => !document.querySelector('.skeleton'));
}

export function noFaults(page, where) {
  assert.deepEqual(page.faults, [], where);
}

/** WCAG 2.2 AA as far as a program can tell. */
export async function accessible(page, where) {
  // In a world of its own: the page's CSP forbids scripts that are no files, as it should.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const evaluate = async (expression) => {
    const done = await session.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    if (done.exceptionDetails) throw new Error(done.exceptionDetails.exception?.description ?? done.exceptionDetails.text);
    return done.result.value;
  };
  await evaluate(`${axe}; undefined`);
  const found = await evaluate(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
    .then((report) => report.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html).join(' | ')))`);
  await session.detach();
  assert.deepEqual(found, [], where);
}

/** Nothing is wider than the window, and no table than its place. */
export async function fits(page, where) {
  const wide = await page.evaluate(() => {
    for (const row of document.querySelectorAll('tbody tr')) row.style.contentVisibility = 'visible'; // those below the window count too
    const places = [['the page', document.documentElement], ...[...document.querySelectorAll('.scroll')].map((one) => [one.ariaLabel, one])];
    return places.map(([name, one]) => [name, one.scrollWidth - one.clientWidth]).filter(([, beyond]) => beyond > 0);
  });
  assert.deepEqual(wide, [], `${where}: too wide, in px`);
}
