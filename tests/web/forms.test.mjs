// What is typed into a form is not lost, and what is wrong with it is in sight.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fits, noFaults, open, serving, settled, signIn, until } from './browser.mjs';
import { password } from './school.mjs';

const { school, browser, administrator } = await serving();

const field = (page, label) => page.getByLabel(label, { exact: true });
const roman = (await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`)).body.items[0].id;

/** The server forgets whoever has signed in with this login. */
async function endSessions(login) {
  const { id } = (await administrator('GET', 'accounts?limit=500')).body.items.find((one) => one.login === login);
  assert.equal((await administrator('DELETE', `accounts/${id}/sessions`)).status, 204);
}

/** The card of a pupil with one field changed, and the session at its end. */
async function interrupted(place) {
  const page = await open(browser, school.url);
  await signIn(page, 'operator');
  await page.goto(`${school.url}/r/people.student/${roman}`);
  await page.click('.heading button:has-text("Изменить")');
  await field(page, 'Место рождения').fill(place);
  await endSessions('the-operator');
  page.removeAllListeners('console'); // the answer 401 is told there
  await page.click('.sticky button:has-text("Сохранить")').catch(() => undefined); // the stream may have told it before
  await page.waitForSelector('dialog.lapsed[open]');
  return page;
}

test('the session ends while a card is changed: the same person signs in over it and saves', async () => {
  const page = await interrupted('Новочеркасск');
  assert.match(await page.textContent('dialog'), /Сеанс закончился, войдите снова: введённое сохранено/);
  await accessible(page, 'sign-in over a page');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('dialog.lapsed[open]').isVisible(), 'it is no dialog to be waved away');
  assert.equal(await page.inputValue('dialog input[name=login]'), 'the-operator');
  await page.fill('dialog input[name=password]', password);
  await page.click('dialog .sign-in button');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal(await field(page, 'Место рождения').inputValue(), 'Новочеркасск');
  await page.click('.sticky button:has-text("Сохранить")');
  await page.waitForSelector('.sections');
  assert.equal((await administrator('GET', `records/people.student/${roman}`)).body.birth_place, 'Новочеркасск');
  noFaults(page, 'the session ended');
  await page.context().close();
});

test('another person who signs in there begins anew and sees nothing of the page', async () => {
  const page = await interrupted('Семикаракорск');
  await page.evaluate(() => {
    window.seen = [];
    new MutationObserver(() => {
      if (document.querySelector('header .brand') && !document.querySelector('dialog')) window.seen.push(document.querySelector('main').textContent + location.pathname);
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.fill('dialog input[name=login]', 'the-student');
  await page.fill('dialog input[name=password]', password);
  await page.click('dialog .sign-in button');
  await page.waitForSelector('main h1:has-text("Здравствуйте")');
  assert.equal(await page.locator('es-form, es-record').count(), 0);
  const seen = await page.evaluate(() => window.seen);
  assert.ok(seen.length && seen.every((one) => !/Место рождения|people\.student\//.test(one)), JSON.stringify(seen.map((one) => one.slice(0, 80))));
  assert.notEqual((await administrator('GET', `records/people.student/${roman}`)).body.birth_place, 'Семикаракорск');
  noFaults(page, 'another person');
  await page.context().close();
});

test('a field that is refused stands in the middle of the window, not below the buttons', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.setViewportSize({ width: 1000, height: 500 });
  await page.goto(`${school.url}/r/people.student/${roman}`);
  await page.click('.heading button:has-text("Изменить")');
  for (const [label, value] of [['СНИЛС', '112-233-445 96'], ['ИНН', '123']]) {
    await field(page, label).fill(value);
    page.removeAllListeners('console');
    await page.evaluate(() => scrollTo(0, 0));
    await page.click('.sticky button:has-text("Сохранить")');
    await until(page, (wanted) => document.activeElement?.labels?.[0]?.textContent.trim() === wanted && document.activeElement.getAttribute('aria-invalid'), label);
    await page.waitForTimeout(100);
    const covered = await page.evaluate(() => {
      const box = document.activeElement.getBoundingClientRect();
      const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return at !== document.activeElement && `${at?.tagName} at ${box.y}`;
    });
    assert.equal(covered, false, label);
    await field(page, label).fill('');
  }
  await page.context().close();
});

test('an address without a record says so and leads to the list; who may not create is told before typing', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'teacher');
  for (const [path, heading] of [['abc', 'Такой записи нет'], ['12x', 'Такой записи нет'], ['new', 'Добавить запись нельзя'], ['999999', 'Запись недоступна']]) {
    await page.goto(`${school.url}/r/people.student/${path}`);
    await page.waitForSelector(`main h1:has-text("${heading}")`);
    assert.equal(await page.locator('es-form').count(), 0, path);
    await page.locator('main a:has-text("Открыть список")').click();
    await page.waitForSelector('main .count');
  }
  await page.context().close();
});

test('a role is chosen, never taken because it is the first', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/accounts`);
  await settled(page);
  await page.click('summary:has-text("Новая учётная запись")');
  await field(page, 'Логин').fill('hasty');
  const role = page.locator('form.inline select[name=role]').first();
  assert.equal(await role.inputValue(), '');
  await page.click('button:has-text("Создать и показать код")');
  await page.waitForTimeout(300);
  assert.equal(await page.locator('.secret').count(), 0);
  assert.ok(await role.evaluate((one) => one.matches(':invalid')));
  noFaults(page, 'roles of accounts');
  await page.context().close();
});

/** A new pupil with one achievement; answers the address of the card. */
async function pupilWith(surname, title) {
  const student = (await administrator('POST', 'records/people.student', { surname, given_name: 'Пётр', birth_date: '2014-03-03', file_no: surname })).body.id;
  const teacher = (await administrator('GET', `records/people.employee?q=${encodeURIComponent('Барсукова')}`)).body.items[0].id;
  await administrator('POST', 'records/people.achievement', { student, title, kind: 'olympiad', level: 'school', received_on: '2026-02-03', teacher });
  return `${school.url}/r/people.student/${student}`;
}

test('a child row that is changed is left only when asked, by Esc as well; saved, it is undone; the focus comes back', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(await pupilWith('Строкин', 'Конкурс чтецов'));
  const edit = page.locator('es-children button[aria-label^="Изменить: Конкурс"]');
  await edit.click();
  const title = page.locator('es-children es-form').getByLabel('Название *', { exact: true });
  await title.fill('Конкурс певцов');
  page.removeAllListeners('dialog');
  let asked = 0;
  let answer = 'dismiss';
  page.on('dialog', (dialog) => {
    asked += 1;
    void dialog[answer]();
  });
  await page.click('button:has-text("Добавить: достижение")');
  await title.press('Escape');
  assert.equal(asked, 2, 'adding another asks, and so does Esc');
  assert.equal(await title.inputValue(), 'Конкурс певцов');
  answer = 'accept';
  await title.press('Escape');
  await page.waitForSelector('es-children es-form', { state: 'detached' });
  await until(page, () => document.activeElement?.ariaLabel?.startsWith('Изменить: Конкурс'));
  await page.keyboard.press('Enter');
  await title.fill('Конкурс певцов');
  await title.press('Enter');
  await until(page, () => document.querySelector('es-children')?.closest('.sections').textContent.includes('Конкурс певцов') && document.activeElement?.ariaLabel?.startsWith('Изменить:'));
  assert.equal(asked, 3);
  await page.click('.notice button:has-text("Отменить")');
  await until(page, () => document.querySelector('.sections').textContent.includes('Конкурс чтецов'));
  noFaults(page, 'child rows');
  await page.context().close();
});

test('the only child row fits on a phone while it is changed', async () => {
  const page = await open(browser, school.url, 360);
  await signIn(page, 'administrator');
  await page.goto(await pupilWith('Телефонов', 'Забег'));
  await page.locator('es-children button[aria-label^="Изменить: Забег"]').click();
  await page.waitForSelector('es-children es-form');
  await fits(page, 'a child row that is changed');
  const beyond = await page.$$eval('es-children es-form :is(input, select, button)', (all) => all.map((one) => one.getBoundingClientRect().right).filter((right) => right > 360));
  assert.deepEqual(beyond, []);
  await page.context().close();
});

test('what a child row refers to is a link, where it may be read', async () => {
  const plan = (await administrator('GET', 'records/people.class_membership?limit=1')).body.items[0];
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.student/${plan.student.id}`);
  await page.waitForSelector(`es-children td a[href="/r/school.class/${plan.class.id}"]`);
  noFaults(page, 'links of child rows');
  await page.context().close();
});

test('a person who is there already is told of before a second one is made, and may be given another role instead', async () => {
  const { items } = (await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`)).body;
  const count = async (registry) => (await administrator('GET', `records/${registry}?count=1&limit=1`)).body.total;
  const persons = await count('people.person');
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const enter = async (registry, values) => {
    await page.goto(`${school.url}/r/${registry}/new`);
    await page.waitForSelector('es-form');
    for (const [label, value] of Object.entries(values)) await page.locator('es-form').getByLabel(label, { exact: true }).fill(value);
    await page.click('es-form button:has-text("Сохранить")');
  };

  // Letters and «ё» make no other person.
  await enter('people.student', { 'Фамилия *': 'ГЛУШКО', 'Имя *': 'Роман', Отчество: 'Артемович' });
  const known = page.locator('.known');
  await known.waitFor();
  assert.match(await known.textContent(), /Глушко Роман Артёмович, род\. 21\.08\.2015, 5А/);
  assert.equal(await known.locator('a').getAttribute('href'), `/r/people.student/${items[0].id}`);
  assert.match(await known.textContent(), /уже записан как «ученик»/);
  await accessible(page, 'a person who is there already');
  // Another day of birth is another person, after one look.
  await page.locator('es-form').getByLabel('Дата рождения', { exact: true }).fill('2016-01-02');
  await known.waitFor({ state: 'detached' });
  await page.click('es-form button:has-text("Сохранить")');
  await page.waitForSelector('.notice:has-text("Запись создана")');
  assert.equal(await count('people.person'), persons + 1);

  await enter('people.student', { 'Фамилия *': 'Глушко', 'Имя *': 'Роман', Отчество: 'Артёмович' });
  await known.locator('li').nth(1).waitFor();
  await known.locator('button:has-text("Это другой человек")').click();
  await page.waitForSelector('.notice:has-text("Запись создана")');
  assert.equal(await count('people.person'), persons + 2);

  // A mother who begins to work here is one person with two roles.
  const mother = (await administrator('GET', `records/people.guardian?q=${encodeURIComponent('Глушко Екатерина')}`)).body.items[0];
  await enter('people.employee', { 'Фамилия *': 'Глушко', 'Имя *': 'Екатерина', Отчество: 'Львовна' });
  await known.waitFor();
  await known.locator('button:has-text("Тот же человек: записать как «сотрудник»")').click();
  await page.waitForSelector('.notice:has-text("Запись создана")');
  await page.waitForSelector('.others a:has-text("Родитель")');
  assert.equal(await count('people.person'), persons + 2);
  const employee = (await administrator('GET', `records/people.employee?q=${encodeURIComponent('Глушко Екатерина')}`)).body.items[0];
  assert.equal(employee.person.id, mother.person.id);
  noFaults(page, 'a person who is there already');
  await page.context().close();
});

test('a new lesson plan begins with the year and the teacher; what means nothing for its kind is not asked for', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'teacher');
  await page.goto(`${school.url}/r/curriculum.lesson_plan/new`);
  const form = page.locator('es-form');
  const year = form.getByLabel('Учебный год *', { exact: true });
  await year.waitFor();
  assert.match(await year.inputValue(), /^\d{4}\/\d{4}$/);
  assert.equal(await form.getByLabel('Учитель', { exact: true }).inputValue(), 'Барсукова Елена Вячеславовна');
  const subject = (await administrator('GET', 'records/curriculum.subject?limit=1')).body.items[0];
  const fill = async (name) => {
    await form.getByLabel('Название *', { exact: true }).fill(name);
    await form.getByLabel('Предмет *', { exact: true }).fill(subject.name);
    await form.locator('[role=option]').first().click();
    await form.getByLabel('Параллель *', { exact: true }).fill('5');
    await page.click('es-form button:has-text("Сохранить")');
    await page.waitForSelector('.notice:has-text("Запись создана")');
    return (await administrator('GET', `records/curriculum.lesson_plan?q=${encodeURIComponent(name)}`)).body.items[0];
  };
  const working = await fill('Начатый рабочий');
  assert.equal(working.teacher.display, 'Барсукова Елена Вячеславовна');
  assert.match(working.year.display, /^\d{4}\/\d{4}$/);

  await page.goto(`${school.url}/r/curriculum.lesson_plan/new`);
  await year.waitFor();
  await form.getByLabel('Вид *', { exact: true }).selectOption({ label: 'типовой' });
  await year.waitFor({ state: 'detached' });
  const model = await fill('Начатый образец');
  assert.deepEqual([model.kind, model.year], ['model', null]);
  noFaults(page, 'a new lesson plan');
  await page.context().close();
});
