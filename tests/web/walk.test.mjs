// Each role of the regulation walks through every page of its menu, on a desk and on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fits, noFaults, open, serving, settled, signIn, until } from './browser.mjs';
import { people } from './school.mjs';

const { school, browser } = await serving();

test('the page that signs in', async () => {
  const page = await open(browser, school.url);
  await accessible(page, 'sign-in');
  await page.fill('input[name=login]', 'the-teacher');
  await page.fill('input[name=password]', 'не тот пароль');
  await page.click('.sign-in button');
  await page.waitForSelector('[role=alert]');
  assert.match(await page.textContent('[role=alert]'), /логин|пароль/i);
  assert.equal(await page.locator('.demo').count(), 0, 'no demo accounts in a real school');
  await page.context().close();
});

for (const role of Object.keys(people)) {
  test(`${role} walks through the menu`, async () => {
    const page = await open(browser, school.url);
    await signIn(page, role);
    await settled(page);
    await page.evaluate(() => document.querySelectorAll('nav details').forEach((one) => (one.open = true)));
    const links = await page.$$eval('nav[aria-label="Разделы"] a', (all) => all.map((one) => one.getAttribute('href')));
    assert.ok(links.length >= 3, `${role} has a menu: ${links}`);
    // Lists of dictionaries are one page with other words: of those the rules of accessibility look at the first.
    const folded = new Set(await page.$$eval('nav details a', (all) => all.slice(1).map((one) => one.getAttribute('href'))));
    for (const link of links) {
      await page.goto(school.url + link);
      await settled(page);
      const where = `${role} ${link}`;
      noFaults(page, where);
      assert.equal(await page.locator('.problem').count(), 0, `${where}: ${await page.locator('.problem').allTextContents()}`);
      if (folded.has(link)) continue;
      await accessible(page, where);
      // Cards are one page too: whoever sees the most, the least, and something between opens one of each registry.
      const row = page.locator('tbody a').first();
      if (['administrator', 'teacher', 'guardian'].includes(role) && link.startsWith('/r/') && (await row.count())) {
        await row.click();
        await page.waitForSelector('.sections');
        await settled(page);
        noFaults(page, `${where}, a card`);
        await accessible(page, `${where}, a card`);
      }
    }
    const tools = links.filter((link) => ['/accounts', '/plugins', '/import', '/duplicates'].includes(link));
    if (['student', 'guardian'].includes(role)) assert.deepEqual(tools, [], 'nothing to administer');
    if (role === 'teacher') assert.deepEqual(tools, ['/import'], 'the own lesson plans');
    if (role === 'administrator') assert.equal(tools.length, 4);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const link of ['/', ...links.filter((one) => one.startsWith('/r/')).slice(0, 4), ...links.filter((one) => !one.startsWith('/r/'))]) {
      await page.goto(school.url + link);
      await settled(page);
      await fits(page, `${role} ${link} on a phone`);
    }
    noFaults(page, role);
    await page.context().close();
  });
}

test('what the pages of the administrator open fits on a phone as well', async () => {
  const page = await open(browser, school.url, 360);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/accounts`);
  await page.locator('.row-actions button[aria-label^="Роли"]').first().click();
  await page.waitForSelector('tr.details');
  await fits(page, 'roles of an account');
  await page.goto(`${school.url}/completeness/people.student`);
  await page.selectOption('.toolbar select', 'class');
  await page.waitForSelector('.scroll tbody td');
  await fits(page, 'completeness by class');
  await page.goto(`${school.url}/roles`);
  await page.click('text=Своя роль по этому образцу');
  await page.waitForSelector('select[name^="right:"]');
  await fits(page, 'a role of one\'s own');
  assert.equal(await page.locator('td[data-label="Доступ"]').first().evaluate((one) => getComputedStyle(one, '::before').content), '"Доступ: "', 'a cell tells its column');
  noFaults(page, 'on a phone');
  await page.context().close();
});

test('what is not in the menu is not behind the address either', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'student');
  for (const path of ['/accounts', '/plugins', '/import', '/r/people.guardian', '/r/people.clearance']) {
    await page.goto(school.url + path);
    await page.waitForSelector('header .brand');
    await until(page, () => !!document.querySelector('main h1, main .problem'));
    await until(page, () => !document.querySelector('.skeleton'));
    const text = await page.textContent('main');
    assert.match(text, /Такой страницы нет|Такого реестра нет|не найден|нет доступа/i, `${path}: ${text.slice(0, 200)}`);
    assert.equal(await page.locator('main table').count(), 0, path);
  }
  await page.context().close();
});
