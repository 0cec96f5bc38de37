#!/usr/bin/env node
// What the pages weigh and how soon they stand: tools/bench/pages.mjs BUILD_DIR [--sizes]
// Sizes are of the packed files (gzip) and have bounds: one that is passed ends the run with 1. With --sizes that is all.
// Otherwise a demo school is made and served, and Chromium opens the main pages on a fast and on a slow line: the times
// are told beside the goals, for the machine decides over them as well.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.argv[2];
if (!build) throw new Error('tools/bench/pages.mjs BUILD_DIR [--sizes]');
const web = join(build, 'web');
const KB = 1024;

const packed = (file) => statSync(existsSync(`${file}.gz`) ? `${file}.gz` : file).size;
/** The file and what it imports at once, and what those import. */
function whole(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g)) whole(join(dirname(file), path), seen);
  return seen;
}
const sum = (files) => [...files].reduce((total, file) => total + packed(file), 0);

function sizes() {
  const ui = join(web, 'ui');
  const page = readFileSync(join(web, 'index.html'), 'utf8');
  const main = join(web, /src="([^"]+main[^"]*\.js)"/.exec(page)[1]);
  const style = join(web, /href="([^"]+\.css)"/.exec(page)[1]);
  const first = whole(main);
  const files = readdirSync(ui).map((name) => join(ui, name));
  const scripts = files.filter((file) => file.endsWith('.js'));
  const fonts = files.filter((file) => file.endsWith('.woff2'));
  const later = scripts.filter((file) => !first.has(file));
  const charts = later.filter((file) => /chart-kit/.test(file));
  const figures = [
    ['the shell, its lists, cards and forms', sum(first), 100 * KB],
    ['the style sheet', packed(style), 25 * KB],
    ['the typeface', sum(fonts), 80 * KB],
    ['charts, when one is opened', sum(charts), 70 * KB],
    ['the heaviest page that is loaded when opened', Math.max(...later.filter((file) => !charts.includes(file)).map(packed)), 50 * KB],
  ];
  let passed = true;
  for (const [what, bytes, bound] of figures) {
    if (!bytes) throw new Error(`nothing was found: ${what}`);
    passed &&= bytes <= bound;
    console.log(`${what}: ${(bytes / KB).toFixed(1)} KB packed; bound ${bound / KB}: ${bytes <= bound ? 'kept' : 'PASSED'}`);
  }
  return passed;
}

async function times() {
  const { chromium } = createRequire(join(root, 'modules/shell/package.json'))('playwright-core');
  const data = mkdtempSync(join(tmpdir(), 'eschool-pages-'));
  let server, browser;
  try {
    const made = spawnSync(join(root, 'tools/demo/run'), [build, data], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stdout + made.stderr);
    server = spawn(join(build, 'bin/eschool'), ['serve', '--config', join(root, 'etc/eschool.info'), '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    for await (const part of server.stdout) {
      text += part;
      if (/:(\d+)\n/.test(text)) break;
    }
    const url = `http://127.0.0.1:${/:(\d+)\n/.exec(text)[1]}`;
    browser = await chromium.launch({ executablePath: process.env.ESCHOOL_CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    const accounts = JSON.parse(readFileSync(join(data, 'demo-accounts.json'), 'utf8'));
    // The lines of U10: the school's own network, and a slow mobile one.
    for (const [line, rate, delay, goal] of [['the school network', 0, 0, 1500], ['a slow mobile line', (1.6 * 1e6) / 8, 150, 2500]])
      for (const [login, path] of [['administrator', '/'], ['administrator', '/r/people.student'], ['administrator', '/r/people.person'], ['homeroom', '/r/school.class/1'], ['guardian', '/']]) {
        const context = await browser.newContext({ viewport: { width: login === 'guardian' ? 360 : 1280, height: 800 }, locale: 'ru-RU' });
        const page = await context.newPage();
        const account = accounts.find((one) => one.login === login);
        await page.goto(`${url}/`);
        await page.fill('input[name=login]', account.login);
        await page.fill('input[name=password]', account.password);
        await page.click('.sign-in button');
        await page.waitForSelector('header .brand');
        const session = await context.newCDPSession(page);
        await session.send('Network.enable');
        await session.send('Network.clearBrowserCache');
        if (rate) await session.send('Network.emulateNetworkConditions', { offline: false, latency: delay, downloadThroughput: rate, uploadThroughput: rate / 2 });
        await page.addInitScript(() => {
          window.seen = { lcp: 0, cls: 0 };
          new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.seen.lcp = one.startTime))).observe({ type: 'largest-contentful-paint', buffered: true });
          new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.seen.cls += one.hadRecentInput ? 0 : one.value))).observe({ type: 'layout-shift', buffered: true });
        });
        await page.goto(url + path);
        await page.waitForSelector('main h1');
        for (let i = 0; i < 200 && (await page.locator('.skeleton').count()); i++) await page.waitForTimeout(50);
        await page.waitForTimeout(300);
        const first = await page.evaluate(() => ({ ...window.seen }));
        let again = 0;
        page.on('response', (reply) => {
          if (/\.js$/.test(new URL(reply.url()).pathname) && !reply.fromServiceWorker()) again += 1;
        });
        const cached = [];
        session.on('Network.requestServedFromCache', ({ requestId }) => cached.push(requestId));
        await page.reload();
        await page.waitForSelector('main h1');
        await page.waitForTimeout(200);
        console.log(`${line}, ${login} ${path}: largest paint ${Math.round(first.lcp)} ms (goal ${goal}), shift ${first.cls.toFixed(3)} (goal 0.1); again: ${again - cached.length > 0 ? again - cached.length : 0} scripts fetched`);
        await context.close();
      }
  } finally {
    await browser?.close();
    if (server) {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill();
      await ended;
    }
    rmSync(data, { recursive: true, force: true });
  }
}

const kept = sizes();
if (!process.argv.includes('--sizes')) await times();
process.exit(kept ? 0 : 1);
