// Looks at pages of a running demo school: node screenshots.mjs URL FOLDER. Called by tools/screenshots.
import { join } from 'node:path';
import { launch, open, settled } from './browser.mjs';

const [url, folder] = process.argv.slice(2);
const accounts = (await (await fetch(`${url}/api/v1/demo-accounts`)).json()).items;
const browser = await launch();

async function as(role, width) {
  const { login, password } = accounts.find((one) => one.role === role);
  const page = await open(browser, url, width);
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', password);
  await page.click('.sign-in button');
  await page.waitForSelector('header .brand');
  await settled(page);
  return page;
}

async function take(page, name, path) {
  if (path) {
    await page.goto(url + path);
    await settled(page);
  }
  await page.waitForTimeout(300); // fonts
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** The card of the first row of a list. */
async function card(page, name, list) {
  await page.goto(url + list);
  await settled(page);
  await page.locator('tbody a').first().click();
  await page.waitForSelector('.sections');
  await take(page, name);
}

const desk = await as('administrator', 1280);
await take(desk, 'home', '/');
await take(desk, 'students', '/r/people.student');
await card(desk, 'employee', '/r/people.employee');
await desk.click('.heading button:has-text("Изменить")');
await desk.waitForSelector('es-form');
await take(desk, 'form');
await take(desk, 'import', '/import');
await take(desk, 'accounts', '/accounts');

const phone = await as('guardian', 360);
await phone.setViewportSize({ width: 360, height: 740 });
await take(phone, 'phone-home', '/');
await take(phone, 'phone-children', '/r/people.student');
await card(phone, 'phone-child', '/r/people.student');
await browser.close();
