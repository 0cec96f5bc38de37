// What one person does is seen on the open pages of others, and what they are doing there is left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, noFaults, open, serving, settled, signIn, until } from './browser.mjs';

const { school, browser, administrator } = await serving();

const field = (page, label) => page.getByLabel(label, { exact: true });
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** A page of the role at the address, once its stream is open. A reload would lose `window.kept`. */
async function looking(role, path, prepare = () => undefined) {
  const page = await open(browser, school.url);
  await prepare(page);
  page.streams = { asked: 0, open: null };
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/events')) page.streams = { asked: page.streams.asked + 1, open: request };
  });
  for (const end of ['requestfinished', 'requestfailed'])
    page.on(end, (request) => {
      if (request === page.streams.open) page.streams.open = null;
    });
  await signIn(page, role);
  const opened = page.waitForResponse((reply) => reply.url().endsWith('/api/v1/events'));
  await page.goto(school.url + path);
  assert.equal((await opened).status(), 200);
  await settled(page);
  await page.evaluate(() => (window.kept = true));
  return page;
}

/** What was there before is there still: nothing was reloaded, nothing went wrong. */
async function leave(page, where) {
  assert.ok(await page.evaluate(() => window.kept), `${where}: the page was not loaded anew`);
  noFaults(page, where);
  await page.context().close();
}

/** How often the list of the registry is asked for from now on. */
function asked(page, registry) {
  const seen = { count: 0 };
  page.on('request', (request) => {
    if (request.method() === 'GET' && new URL(request.url()).pathname.endsWith(`/records/${registry}`)) seen.count += 1;
  });
  return seen;
}

async function made(registry, values) {
  const reply = await administrator('POST', `records/${registry}`, values);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return reply.body.id;
}

const shows = (page, text) => until(page, (wanted) => document.querySelector('main').textContent.includes(wanted), text);

test('a list follows the work of another person; scroll, selection, focus and what is being typed stay', async () => {
  const page = await looking('administrator', '/r/people.student?sort=surname');
  await page.click('summary:has-text("Столбцы")');
  const rows = page.locator('tbody tr');
  await rows.nth(40).locator('input').check();
  await rows.nth(41).locator('input').check();
  await page.selectOption('.bulk select[name=field]', { label: 'Дата рождения' });
  await page.fill('.bulk input[name=value]', '2014-04-04');
  await rows.nth(42).scrollIntoViewIfNeeded();
  await rows.nth(42).locator('a').focus();
  const look = () =>
    page.evaluate(() => ({
      scrolled: scrollY > 0,
      top: Math.round(document.activeElement.getBoundingClientRect().top),
      focus: document.activeElement.getAttribute('href'),
      selected: [...document.querySelectorAll('tr.selected a')].map((one) => one.getAttribute('href')),
      typed: document.querySelector('.bulk input[name=value]').value,
      columns: [...document.querySelectorAll('details.pop')].some((one) => one.open),
    }));
  const before = await look();
  /** As before, but for the half of a pixel that a row may be high. */
  const stays = async () => {
    const now = await look();
    assert.ok(Math.abs(now.top - before.top) <= 1, `from ${before.top} to ${now.top}`);
    assert.deepEqual({ ...now, top: before.top }, before);
  };
  assert.ok(before.scrolled && before.focus && before.selected.length === 2, JSON.stringify(before));

  // Another person, by the pages as well.
  const other = await looking('operator', await rows.nth(43).locator('a').getAttribute('href'));
  await other.click('.heading button:has-text("Изменить")');
  await field(other, 'Отчество').fill('Переименованович');
  await other.click('.sticky button:has-text("Сохранить")');
  await shows(page, 'Переименованович');
  assert.ok(await page.locator('tr.fresh').count(), 'what changed is marked');
  await stays();

  // A row above what is looked at.
  await made('people.student', { surname: 'Ааронов', given_name: 'Аарон', birth_date: '2015-05-05', file_no: 'Ж-1' });
  await shows(page, 'Ааронов');
  await stays();
  await leave(page, 'the list');
  await other.context().close();
});

test('whoever reads a pupil but not the person sees the new name too', async () => {
  const page = await looking('teacher', '/r/people.student?sort=surname');
  const { items } = (await administrator('GET', 'records/people.student?sort=surname&limit=1')).body;
  await administrator('PATCH', `records/people.student/${items[0].id}`, { given_name: 'Зиновий' });
  await shows(page, 'Зиновий');
  await leave(page, 'the list of a teacher');
});

test('many changes are one request, and the own ones none beside their own', async () => {
  const page = await looking('administrator', '/r/school.room');
  const seen = asked(page, 'school.room');
  const ids = [];
  for (let i = 0; i < 12; ++i) {
    ids.push(await made('school.room', { number: `Я${i}` }));
    await pause(80);
  }
  await shows(page, 'Я11');
  await pause(2_500);
  // A slow machine may make two or three of a row; without any rest there would be twelve.
  const together = seen.count;
  assert.ok(together >= 1 && together <= 4, `twelve in a row: ${together} requests`);

  await page.getByLabel('Выбрать все показанные').check();
  await page.selectOption('.bulk select[name=field]', { label: 'Этаж' });
  await page.fill('.bulk input[name=value]', '3');
  await page.click('.bulk button:has-text("Изменить у выбранных")');
  await until(page, () => document.querySelector('.notice').textContent.includes('Изменено'));
  await pause(2_500);
  const own = seen.count;
  assert.ok(own - together >= 1 && own - together <= 2, `the own changes: ${own - together} requests`);

  await school.load('school.room', ['Номер', ...Array.from({ length: 1_000 }, (_, i) => `Б-${String(i).padStart(4, '0')}`)]);
  await until(page, () => /1 ?0\d\d /.test(document.querySelector('.count').textContent.replace(/\u00a0/g, ' ')));
  await pause(2_500);
  assert.ok(seen.count - own <= 6, `an import of 1,000 rows: ${seen.count - own} requests`);

  // Far down nothing jumps: the page says that there is something, and waits.
  for (let known = 0; known <= 500; ) {
    known = await page.locator('tbody tr').count();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await until(page, (before) => document.querySelectorAll('tbody tr').length > before, known);
  }
  await pause(1_000);
  const calm = seen.count;
  const place = await page.evaluate(() => scrollY);
  await administrator('PATCH', `records/school.room/${ids[0]}`, { number: 'А-перенесена' });
  await shows(page, 'Список мог измениться');
  assert.equal(seen.count, calm);
  assert.ok(place > 5_000 && Math.abs((await page.evaluate(() => scrollY)) - place) < 100, 'nothing jumped');
  const note = await page.locator('.meanwhile button').boundingBox();
  assert.ok(note.y > 0 && note.y < 300, `the note is in sight: ${note.y}`);
  await page.click('.meanwhile button');
  await until(page, () => !document.querySelector('.meanwhile button') && scrollY === 0);
  await leave(page, 'many rows');
});

test('a card follows; a form that is being filled keeps what was typed and offers both versions', async () => {
  const id = await made('school.building', { name: 'Корпус у парка' });
  const page = await looking('administrator', `/r/school.building/${id}`);
  await administrator('PATCH', `records/school.building/${id}`, { name: 'Корпус у реки' });
  await until(page, () => document.querySelector('main h1').textContent.includes('Корпус у реки'));
  await until(page, () => document.querySelector('.where [role=status]').textContent.startsWith('Обновлено: the-administrator'));

  // A form in which nothing was typed takes the new values.
  await page.click('.heading button:has-text("Изменить")');
  assert.equal(await field(page, 'Название *').inputValue(), 'Корпус у реки');
  await administrator('PATCH', `records/school.building/${id}`, { name: 'Корпус за рекой' });
  await until(page, () => document.querySelector('es-form input').value === 'Корпус за рекой');

  await field(page, 'Название *').fill('Мой корпус');
  await administrator('PATCH', `records/school.building/${id}`, { name: 'Их корпус' });
  await shows(page, 'Пока вы правили, запись изменили');
  assert.equal(await field(page, 'Название *').inputValue(), 'Мой корпус');
  await accessible(page, 'a form whose record was changed elsewhere');
  await page.click('button:has-text("Сравнить")');
  const both = await page.textContent('.problem table');
  assert.match(both, /Корпус за рекой[\s\S]*Их корпус[\s\S]*Мой корпус/);
  assert.equal(await field(page, 'Название *').inputValue(), 'Мой корпус');
  await page.click('button:has-text("Записать моё поверх")');
  await page.waitForSelector('.sections');
  assert.equal((await administrator('GET', `records/school.building/${id}`)).body.name, 'Мой корпус');

  await administrator('DELETE', `records/school.building/${id}`);
  await shows(page, 'Запись убрали в архив');
  assert.equal(await page.locator('.heading button:has-text("Изменить")').count(), 0);
  await leave(page, 'the card');
});

test('a child row that somebody else adds stands in the card', async () => {
  const { id } = (await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`)).body.items[0];
  const page = await looking('guardian', `/r/people.student/${id}`);
  await made('people.achievement', { student: id, title: 'Олимпиада по химии', kind: 'olympiad', level: 'school', received_on: '2026-02-03' });
  await shows(page, 'Олимпиада по химии');
  await leave(page, 'child rows');
});

test('the home page counts anew', async () => {
  const page = await looking('operator', '/');
  const count = () => page.evaluate(() => document.querySelector('a.tile[href$="/r/school.building"] strong')?.textContent ?? '0');
  const before = Number(await count());
  await made('school.building', { name: 'Корпус на горе' });
  await until(page, (wanted) => document.querySelector('a.tile[href$="/r/school.building"] strong')?.textContent === wanted, String(before + 1));
  await leave(page, 'home');
});

test('rights that come and go change the menu and the page', async () => {
  const entry = (there) => until(page, (wanted) => [...document.querySelectorAll('nav a')].some((one) => one.textContent.trim() === 'Родители') === wanted, there);
  const page = await looking('teacher', '/r/people.guardian');
  await entry(false);
  await page.waitForSelector('main .problem');
  const { id } = (await administrator('GET', 'accounts?limit=500')).body.items.find((one) => one.login === 'the-teacher');
  const grant = await administrator('POST', `accounts/${id}/grants`, { role: 'operator' });
  assert.equal(grant.status, 201);
  await entry(true);
  await page.waitForSelector('main .count');
  assert.equal(await page.locator('main .problem').count(), 0, 'what has become allowed is shown');
  assert.equal((await administrator('DELETE', `grants/${grant.body.id}`)).status, 204);
  await entry(false);
  await page.waitForSelector('main .problem');
  assert.equal(await page.locator('main table').count(), 0, 'and is gone again');
  page.faults = page.faults.filter((one) => !one.includes('404')); // what is not theirs is not found, and the console says so
  await leave(page, 'rights');
});

/** What the browser does when another tab is chosen. */
const hide = (page, hidden) =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

async function noStream(page) {
  for (let i = 0; i < 100 && page.streams.open; ++i) await pause(50);
  assert.ok(!page.streams.open, 'the stream is closed');
}

test('a hidden page has no stream; looked at again, it shows what it missed', async () => {
  const page = await looking('administrator', '/r/school.building');
  await hide(page, true);
  await noStream(page);
  const before = page.streams.asked;
  await made('school.building', { name: 'Корпус в тумане' });
  await page.keyboard.press('Shift');
  await pause(2_500);
  assert.equal(page.streams.asked, before, 'nothing is asked while hidden');
  assert.ok(!(await page.textContent('main')).includes('Корпус в тумане'));
  await hide(page, false);
  await shows(page, 'Корпус в тумане');
  assert.equal(page.streams.asked, before + 1);

  // Opened behind another page, it has been loaded before it is looked at.
  await page.addInitScript(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
  await page.reload();
  await settled(page);
  await shows(page, 'Корпус в тумане');
  await page.evaluate(() => (window.kept = true));
  await made('school.building', { name: 'Корпус вдали' });
  await hide(page, false);
  await shows(page, 'Корпус вдали');
  await leave(page, 'hidden');
});

test('a page that nobody touches lets its stream go, so that the session may end; touched, it follows again', async () => {
  const page = await looking('administrator', '/r/school.building', (opened) => opened.clock.install());
  await page.clock.fastForward('16:00');
  await noStream(page);
  await made('school.building', { name: 'Корпус у вокзала' });
  const before = page.streams.asked;
  await page.keyboard.press('Shift');
  for (let i = 0; i < 20 && page.streams.asked === before; ++i) await pause(100);
  assert.equal(page.streams.asked, before + 1);
  await page.clock.resume();
  await shows(page, 'Корпус у вокзала');
  await leave(page, 'untouched');
});

test('signing out closes the stream, and ends the pages of the session elsewhere', async () => {
  const page = await looking('deputy', '/r/school.building');
  const twin = await page.context().newPage();
  await twin.goto(`${school.url}/r/school.building`);
  await settled(twin);
  await page.click('details.account summary');
  await page.click('button:has-text("Выйти")');
  await noStream(page);
  await page.waitForSelector('input[name=login]');
  const before = page.streams.asked;
  await twin.waitForSelector('input[name=login]');
  await pause(1_000);
  assert.equal(page.streams.asked, before, 'no stream without a session');
  await leave(page, 'signed out');
});

test('with too many streams of the account the page works, and follows once there is room', async () => {
  const token = await school.token('sysadmin');
  const stop = new AbortController();
  for (let i = 0; i < 8; ++i) assert.equal((await fetch(`${school.url}/api/v1/events`, { headers: { Authorization: `Bearer ${token}` }, signal: stop.signal })).status, 200);
  const page = await open(browser, school.url);
  page.removeAllListeners('console'); // the answer 429 is told there
  const refused = page.waitForResponse((reply) => reply.url().endsWith('/api/v1/events'));
  await signIn(page, 'sysadmin');
  assert.equal((await refused).status(), 429);
  await page.click('nav a:has-text("Корпуса")');
  await settled(page);
  await page.evaluate(() => (window.kept = true));
  stop.abort();
  await made('school.building', { name: 'Корпус на двадцать мест' });
  // What came while there was no stream is shown once there is one.
  await shows(page, 'Корпус на двадцать мест');
  await leave(page, 'too many streams');
});
