// What an administrator, a class teacher and the school's IT do on the pages of management.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { accessible, fits, noFaults, open, serving, settled, signIn, until } from './browser.mjs';
import { School, password, root } from './school.mjs';

/** With a folder of backups, as an installation has it. */
class SchoolWithBackups extends School {
  get config() {
    const file = join(this.data, 'own.info');
    const settings = readFileSync(super.config, 'utf8').replace(/^(schemas|roles|guides) (.*)$/gm, (_, key, path) => `${key} ${join(root, 'etc', path)}`);
    writeFileSync(file, `${settings}\nbackup {\n  folder ${join(this.data, 'shelf')}\n  at 00:00\n}\n`);
    return file;
  }
}

const { school, browser, administrator } = await serving(new SchoolWithBackups());

/** Six digits of an authenticator (RFC 6238) for a secret in base 32. */
function digits(secret, later = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of secret.replace(/\s/g, '')) bits += letters.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + later) / 30)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** The words of the PDF that a button has the browser save. */
async function textOf(page, button, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(`button:has-text("${button}")`)]);
  assert.equal(file.suggestedFilename(), name);
  return execFileSync('pdftotext', ['-layout', await file.path(), '-'], { encoding: 'utf8' });
}

test('a class teacher gives the class a way in: slips and a list to sign, and the first visit of a pupil', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'homeroom_teacher');
  await page.goto(`${school.url}/issue`);
  await settled(page);
  await accessible(page, '/issue');
  const wanted = Number(/\((\d+)\)/.exec(await page.textContent('button:has-text("Выдать, у кого нет")'))[1]);
  assert.ok(wanted > 5, `pupils without a way in: ${wanted}`);
  await page.click('button:has-text("Выдать, у кого нет")');
  await page.waitForSelector('.issued');
  const first = () => page.$eval('.issued .scroll tbody tr', (row) => [row.cells[1].textContent, row.cells[2].textContent]);
  const [, spoiled] = await first();
  await page.click('button:has-text("Выдать заново")');
  await until(page, (old) => !document.querySelector('.issued').textContent.includes(old), spoiled);
  const [login, code] = await first();
  const slips = await textOf(page, 'Листки (PDF)', 'Листки доступа.pdf');
  assert.equal(slips.split('Действует 14 дней').length - 1, wanted, 'a slip for each');
  for (const told of [login, code, `${school.url}/`, 'Проверочный лицей']) assert.ok(slips.includes(told), told);
  const sheet = await textOf(page, 'Ведомость (PDF)', 'Ведомость выдачи.pdf');
  assert.match(sheet, new RegExp(`^ *${wanted} `, 'm'));
  assert.ok(sheet.includes(login) && !sheet.includes(code), 'the list to sign tells no password');
  await accessible(page, '/issue with what was issued');
  noFaults(page, 'issue');

  // What goes wrong is told, and the buttons are there again.
  page.removeAllListeners('console');
  await page.route('**/accounts/print', (route) => route.abort());
  await page.click('button:has-text("Листки (PDF)")');
  await page.waitForSelector('.problem');
  assert.ok(await page.isEnabled('button:has-text("Листки (PDF)")'));
  await page.context().close();

  const pupil = await open(browser, school.url, 360);
  await pupil.fill('input[name=login]', login);
  await pupil.fill('input[name=password]', code);
  await pupil.click('.sign-in button');
  await pupil.waitForSelector('input[name=new]');
  await pupil.fill('input[name=old]', code);
  for (const input of await pupil.locator('input[type=password]:not([name=old])').all()) await input.fill('Чайник поёт на рассвете');
  await pupil.click('form button');
  await pupil.waitForSelector('header .brand');
  noFaults(pupil, 'first visit');
  await pupil.context().close();
});

test('the second factor: set up by the picture, asked for at the next visit', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'hr');
  await settled(page);
  assert.match(await page.textContent('main'), /просит второй фактор/);
  await page.goto(`${school.url}/second-factor`);
  await page.click('button:has-text("Включить")');
  const secret = await page.textContent('.help .typed');
  await accessible(page, '/second-factor');
  await page.fill('input[name=code]', digits(secret));
  await page.click('button:has-text("Проверить и включить")');
  await page.waitForSelector('.codes');
  const recovery = await page.textContent('.codes li');
  await page.click('button:has-text("Записал")');
  noFaults(page, 'second factor');
  await page.context().close();

  const again = await open(browser, school.url);
  again.removeAllListeners('console'); // the answer 401 is told there
  await again.fill('input[name=login]', 'the-hr');
  await again.fill('input[name=password]', password);
  await again.click('.sign-in button');
  await again.waitForSelector('input[name=code]');
  await again.fill('input[name=code]', recovery);
  await again.click('.sign-in button');
  await again.waitForSelector('header .brand');
  await again.context().close();
});

test('a role of the school itself, and the rights behind it', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/roles`);
  await settled(page);
  await page.locator('select[name=shown]').selectOption({ label: 'Учитель-предметник' });
  await page.click('button:has-text("Своя роль по этому образцу")');
  await page.fill('input[name=id]', 'librarian');
  await page.fill('input[name=label]', 'Библиотекарь');
  await page.locator('select[name="right:people.student"]').selectOption('none');
  await page.click('button:has-text("Сохранить роль")');
  await until(page, () => document.querySelector('.notice')?.textContent.includes('Роль сохранена'));
  await accessible(page, '/roles');
  noFaults(page, '/roles');
  const role = (await administrator('GET', 'roles')).body.items.find((one) => one.id === 'own.librarian');
  assert.equal(role.label, 'Библиотекарь');
  assert.ok(!role.rights.some((one) => one.registry === 'people.student'));
  await page.context().close();
});

test('completeness leads to the records that lack something', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/completeness/people.employee`);
  await settled(page);
  await accessible(page, '/completeness/people.employee');
  const link = page.locator('.card li a').first();
  const wanted = Number(/: (\d+)$/.exec(await link.textContent())[1]);
  await link.click();
  await settled(page);
  assert.match(await page.textContent('.count'), new RegExp(`^\\s*${wanted} `));
  noFaults(page, 'completeness');
  await page.context().close();
});

test('«?» opens the chapter about the page, and words find chapters', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.employee`);
  await settled(page);
  await page.click('.help-link');
  await page.waitForSelector('article.text');
  assert.equal(await page.textContent('article h1'), 'Сотрудники');
  assert.ok((await page.locator('article table').count()) > 0, 'its table is a table');
  await accessible(page, '/guides');
  await page.goto(`${school.url}/guides`);
  await settled(page);
  await page.fill('main input[type=search]', 'листки');
  await until(page, () => location.search.includes('q=') && [...document.querySelectorAll('main li a')].some((one) => one.textContent.includes('листки доступа')));
  assert.ok(await page.evaluate(() => document.activeElement?.matches('input[type=search]')), 'who types keeps the focus');
  noFaults(page, 'guides');
  await page.context().close();
});

test('all that is held on a person, and pictures on the card', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const found = await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`);
  const student = found.body.items[0];
  await administrator('POST', 'records/people.achievement', { student: student.id, title: 'Олимпиада', kind: 'olympiad', level: 'school', received_on: '2026-02-03' });
  await page.goto(`${school.url}/r/people.student/${student.id}`);
  await page.waitForSelector('.sections');
  await page.click('summary:has-text("Диаграммы")');
  await page.waitForSelector('.chart canvas');
  await until(page, () => document.querySelector('.chart canvas').width > 0);
  assert.match(await page.getAttribute('.chart canvas', 'aria-label'), /2026 — 1/);
  await accessible(page, 'a card with charts');
  await page.click('a:has-text("Все сведения")');
  await page.waitForSelector('main h1');
  await settled(page);
  assert.match(await page.textContent('main'), /Глушко Роман/);
  assert.match(await page.textContent('main'), /Олимпиада/);
  await accessible(page, '/dossier');
  noFaults(page, 'dossier');
  await page.context().close();
});

test('consents are written on the card of a pupil', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const { id } = (await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`)).body.items[0];
  await page.goto(`${school.url}/r/people.student/${id}`);
  await page.click('button:has-text("Добавить: согласие")');
  await page.getByLabel('Цель *', { exact: true }).selectOption('photo');
  await page.getByLabel('Дано *', { exact: true }).fill('2026-09-01');
  await page.click('es-children .sticky button:has-text("Сохранить")');
  await until(page, () => !document.querySelector('es-children es-form') && [...document.querySelectorAll('es-children td')].some((one) => one.textContent === 'фото- и видеосъёмка'));
  const saved = (await administrator('GET', 'records/people.consent')).body.items;
  assert.equal(saved.length, 1);
  noFaults(page, 'consents');
  await page.context().close();
});

test('the state of the server and its jobs', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'sysadmin');
  await page.goto(`${school.url}/system`);
  await settled(page);
  assert.match(await page.textContent('main'), /SQLite|PostgreSQL/);
  assert.match(await page.textContent('main'), /Снимается каждый день в 00:00/);
  await accessible(page, '/system');
  noFaults(page, '/system');
  await page.context().close();
});

test('the security log is narrowed by a click on a login or an address and by days; the address keeps it', async () => {
  await school.token('operator');
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/security-log`);
  await settled(page);
  const whose = () => page.locator('tbody td[data-label="Чья запись"] a').allTextContents();
  await page.locator('tbody td[data-label="Чья запись"] a:text-is("the-operator")').first().click();
  await page.waitForSelector('.chips a:has-text("Логин: the-operator")');
  await until(page, () => [...document.querySelectorAll('tbody tr')].length > 0 && [...document.querySelectorAll('tbody tr')].every((one) => one.textContent.includes('the-operator')));
  assert.ok((await whose()).includes('the-operator'));
  await page.selectOption('.toolbar select', { label: 'вход' });
  await page.waitForSelector('.chips a:has-text("вход")');
  await settled(page);
  assert.match(page.url(), /login=the-operator&deed=signed_in/);
  await accessible(page, '/security-log narrowed');
  await page.reload();
  await settled(page);
  assert.equal(await page.inputValue('input[name=login]'), 'the-operator');

  await page.fill('input[name=to]', '2020-01-01');
  await page.waitForSelector('.empty:has-text("Таких событий не было")');
  await page.click('.chips a:has-text("По 01.01.2020")');
  await page.locator('tbody tr').first().waitFor();
  await page.click('.chips a:has-text("Логин")');
  await until(page, () => !location.search.includes('login='));
  await page.setViewportSize({ width: 360, height: 740 });
  await settled(page);
  await fits(page, '/security-log on a phone');
  noFaults(page, '/security-log');
  await page.context().close();
});

test('the first page of a class teacher is about the class, of a teacher about the plans, of the school\'s IT about the server', async () => {
  const form = (await administrator('GET', `records/school.class?filter=${encodeURIComponent("name = '5А'")}`)).body.items[0];
  const born = (days) => {
    const on = new Date(Date.now() + days * 86_400_000);
    return `2016-${String(on.getMonth() + 1).padStart(2, '0')}-${String(on.getDate()).padStart(2, '0')}`;
  };
  for (const [surname, days] of [['Завтрашний', 3], ['Нескорый', 9], ['Вчерашний', -2]])
    await administrator('POST', 'records/people.student', { surname, given_name: 'Ян', birth_date: born(days), class: form.id });
  const { total } = (await administrator('GET', `records/people.student?count=1&filter=${encodeURIComponent(`class = ${form.id}`)}`)).body;

  const home = await open(browser, school.url);
  await signIn(home, 'homeroom_teacher');
  const own = home.locator('section[aria-label="Мой класс: 5А"]');
  await own.waitFor();
  assert.match(await own.textContent(), new RegExp(`${total} ученик`));
  assert.match(await own.textContent(), new RegExp(`Завтрашний Ян: .*исполняется ${new Date(Date.now() + 3 * 86_400_000).getFullYear() - 2016}`));
  assert.doesNotMatch(await own.textContent(), /Нескорый|Вчерашний/);
  await accessible(home, 'the home of a class teacher');
  await own.locator('a:has-text("Список класса")').click();
  await until(home, (wanted) => document.querySelectorAll('table.list tbody tr').length === wanted, total);
  noFaults(home, 'the home of a class teacher');
  await home.context().close();

  const teacher = (await administrator('GET', `records/people.employee?q=${encodeURIComponent('Барсукова')}`)).body.items[0].id;
  const subject = (await administrator('GET', 'records/curriculum.subject?limit=1')).body.items[0].id;
  const year = (await administrator('GET', `records/school.year?filter=${encodeURIComponent('current')}`)).body.items[0].id;
  const plan = async (name, kind = 'working') => (await administrator('POST', 'records/curriculum.lesson_plan', { name, kind, year, subject, grade: 5, teacher })).body.id;
  const [filled] = [await plan('План с темами'), await plan('План без тем'), await plan('Образец', 'model')];
  for (const number of [1, 2]) await administrator('POST', 'records/curriculum.topic', { plan: filled, number, title: `Тема ${number}`, hours: 1 });
  const work = await open(browser, school.url);
  await signIn(work, 'teacher');
  const plans = work.locator('section[aria-label="Мои планы уроков"]');
  await plans.waitFor();
  assert.deepEqual((await plans.locator('li').allTextContents()).map((one) => one.trim()), ['План без тем: тем нет', 'План с темами: 2 темы']);
  noFaults(work, 'the home of a teacher');
  await work.context().close();

  const server = await open(browser, school.url);
  await signIn(server, 'sysadmin');
  await server.waitForSelector('section[aria-labelledby=server] a[href="/system"]');
  await accessible(server, 'the home of the system administrator');
  noFaults(server, 'the home of the system administrator');
  await server.context().close();
});

test('a file with mistakes comes back with remarks, and who is meant is decided by a person', async () => {
  for (const file_no of ['Д-901', 'Д-902']) {
    const made = await administrator('POST', 'records/people.student', { surname: 'Двойников', given_name: 'Иван', birth_date: '2014-05-05', file_no });
    assert.equal(made.status, 201);
  }
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/import?registry=people.student`);
  await settled(page);
  const text = 'Фамилия;Имя;Дата рождения;СНИЛС;Телефон\r\nДвойников;Иван;05.05.2014;;8 903 000-00-01\r\nОшибкин;Пётр;06.06.2014;112-233-445 96;\r\n';
  await page.setInputFiles('input[type=file]', { name: 'Список.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.click('button:has-text("Проверить")');
  await page.waitForSelector('#outcome');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Скачать файл с замечаниями")')]);
  assert.match(file.suggestedFilename(), /^Список — замечания\.xlsx$/);
  const choice = page.locator('[aria-label="Ошибки"] td select');
  await choice.waitFor();
  const choices = await choice.locator('option').evaluateAll((all) => all.map((one) => one.textContent));
  assert.equal(choices.filter((one) => one.includes('Двойников Иван')).length, 2, `candidates: ${choices}`);
  await choice.selectOption('0');
  await until(page, () => document.querySelector('#outcome') && !document.querySelector('[aria-label="Ошибки"] td select'));
  assert.match(await page.textContent('.figures'), /Новых\s*1/);
  noFaults(page, 'import');
  await page.context().close();
});

test('a parent on a phone sees the children first: class, teacher, one tap to the card', async () => {
  const page = await open(browser, school.url, 360);
  await signIn(page, 'guardian');
  await settled(page);
  await page.waitForSelector('.child');
  const mine = (await (await school.api('guardian'))('GET', 'records/people.student?count=1')).body.total;
  assert.equal(await page.locator('.child').count(), mine);
  assert.match(await page.locator('.child').first().textContent(), /Глушко[\s\S]*Классный руководитель: /);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
  await accessible(page, 'the home of a parent');
  await page.locator('.child').first().click();
  await page.waitForSelector('.sections');
  noFaults(page, 'the home of a parent');
  await page.context().close();
});

test('a backup is taken and brought back on trial; one that is damaged is told to be no good', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'sysadmin');
  await page.goto(`${school.url}/system`);
  await page.click('button:has-text("Снять копию сейчас")');
  const copies = page.locator('button:has-text("Проверить восстановление")');
  await copies.first().waitFor();
  await copies.first().click();
  await page.waitForSelector('[role=status]:has-text("Копия годится")');
  const other = await page.context().newPage();
  await other.goto(`${school.url}/`);
  // By the clock of the school, which may be a day ahead of this one.
  const days = [0, 1].map((ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10).split('-').reverse().join('.'));
  assert.match(await other.textContent('section[aria-labelledby=server]'), new RegExp(`Последняя копия: (${days.join('|')})`));
  await other.close();
  assert.match(await page.textContent('[role=status]:has-text("Копия годится")'), /строк \d.*история цела/);
  await accessible(page, '/system with backups');

  const name = (await copies.first().getAttribute('aria-label')).replace(/^.*: /, '');
  const file = join(school.data, 'shelf', 'test', name);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0, bytes.length / 2));
  await copies.first().click();
  await page.waitForSelector('.error:has-text("Копия не годится"), .problem');
  noFaults(page, 'backups');
  await page.context().close();
});
