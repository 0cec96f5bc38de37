// Pages that arrive with a plugin: its own page, its part of a card and of the home page, its faults, and its end.
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { accessible, noFaults, open, serving, settled, signIn, until } from './browser.mjs';
import { School, build, root } from './school.mjs';

/** A school whose installation has the sample plugin beside those of the tree. */
class SchoolWithSample extends School {
  get config() {
    const file = join(this.data, 'eschool.info');
    if (!this.made) {
      this.made = true;
      for (const plugin of ['school', 'people']) cpSync(join(build, 'plugins', plugin), join(this.data, 'plugins', plugin), { recursive: true });
      cpSync(join(build, 'tests/web/plugins/web_sample'), join(this.data, 'plugins/web_sample'), { recursive: true });
      writeFileSync(file, `schemas ${join(root, 'schemas')}\nroles ${join(root, 'etc/roles.json')}\nplugins ${join(this.data, 'plugins')}\nweb ${join(build, 'web')}\ntime_zone Europe/Moscow\n`);
    }
    return file;
  }
}

const { school, browser, administrator } = await serving(new SchoolWithSample());

const menu = (page) => page.$$eval('nav[aria-label="Разделы"] a', (all) => all.map((one) => one.textContent.trim()));

test('a page of its own, with the session and the API of the shell', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'homeroom_teacher');
  assert.ok((await menu(page)).includes('Страница образца'));
  assert.ok(!(await menu(page)).includes('Для проверяющих'), 'a capability that the role lacks');
  await page.click('nav a:has-text("Страница образца")');
  await page.waitForSelector('es-web-sample-page');
  await until(page, () => document.querySelector('es-web-sample-page')?.shadowRoot?.querySelector('.total')?.textContent !== '');
  const [who, total] = await page.$eval('es-web-sample-page', (at) => ['.who', '.total'].map((one) => at.shadowRoot.querySelector(one).textContent));
  assert.equal(who, 'the-homeroom_teacher');
  const mine = await (await school.api('homeroom_teacher'))('GET', 'records/people.student?count=1&limit=1');
  assert.equal(Number(total), mine.body.total, 'with the rights of who looks');
  await accessible(page, '/x/web_sample/page');
  noFaults(page, 'the page of a plugin');
  // It is told of changes, as the shell's pages are.
  const group = (await (await school.api('homeroom_teacher'))('GET', 'records/school.class?limit=1')).body.items[0].id;
  const added = await administrator('POST', 'records/people.student', { surname: 'Новенький', given_name: 'Пётр', birth_date: '2015-05-05', file_no: 'ЖЖ-1', class: group });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  await until(page, (wanted) => document.querySelector('es-web-sample-page').shadowRoot.querySelector('.total').textContent === wanted, String(mine.body.total + 1));
  await page.context().close();
});

test('a part of a card and of the home page', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await until(page, () => document.querySelector('es-web-sample-home')?.shadowRoot?.textContent.includes('Сегодня в образце'));
  const { id } = (await administrator('GET', 'records/people.student?limit=1')).body.items[0];
  await page.goto(`${school.url}/r/people.student/${id}`);
  await until(page, (wanted) => document.querySelector('es-web-sample-card')?.shadowRoot?.textContent.includes(wanted), `№ ${id}, 01.09.2026`);
  noFaults(page, 'parts of a plugin');
  await page.context().close();
});

test('an error in it leaves the shell alive', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  for (const name of ['broken', 'absent']) {
    await page.goto(`${school.url}/x/web_sample/${name}`);
    await page.waitForSelector('main .problem');
    assert.match(await page.textContent('main .problem'), /Страница модуля ошиблась/);
  }
  await page.click('nav a:has-text("Главная")');
  await settled(page);
  assert.match(await page.textContent('main h1'), /Главная|Здравствуйте/);
  await page.context().close();
});

test('switched off, all of it is gone; switched on, it is back', async () => {
  const session = (await administrator('GET', 'session')).body;
  const module = session.pages.find((one) => one.plugin === 'web_sample').module;
  const loaded = await fetch(school.url + module);
  assert.equal(loaded.status, 200);
  assert.match(loaded.headers.get('cache-control'), /immutable/);
  const looking = await open(browser, school.url);
  await signIn(looking, 'homeroom_teacher');
  await looking.click('nav a:has-text("Страница образца")');
  await looking.waitForSelector('es-web-sample-page');
  assert.equal((await administrator('PUT', 'plugins/web_sample', { enabled: false })).status, 200);
  assert.equal((await fetch(school.url + module)).status, 404);
  await until(looking, () => document.querySelector('main').textContent.includes('Такой страницы нет') && !document.querySelector('nav').textContent.includes('Страница образца'));
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await settled(page);
  assert.ok(!(await menu(page)).includes('Страница образца'));
  assert.equal(await page.locator('es-plugin-page').count(), 0);
  await page.goto(`${school.url}/x/web_sample/page`);
  await settled(page);
  assert.match(await page.textContent('main'), /Такой страницы нет/);
  assert.equal((await administrator('PUT', 'plugins/web_sample', { enabled: true })).status, 200);
  await until(looking, () => document.querySelector('es-web-sample-page') && document.querySelector('nav').textContent.includes('Страница образца'));
  noFaults(looking, 'a page that was open meanwhile');
  await looking.context().close();
  await page.reload();
  await settled(page);
  assert.ok((await menu(page)).includes('Страница образца'));
  noFaults(page, 'switched');
  await page.context().close();
});
