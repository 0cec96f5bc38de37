// What people do on the pages: by keyboard alone, two at once, with a connection that drops, with names that attack.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { noFaults, open, serving, settled, signIn, until } from './browser.mjs';
import { password, root } from './school.mjs';

const { school, browser, administrator } = await serving();

/** The control that a label names. */
const field = (page, label) => page.getByLabel(label, { exact: true });

test('by keyboard alone: sign in, find a pupil, change a field, undo', async () => {
  const page = await open(browser, school.url);
  await page.keyboard.type('the-administrator');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('header .brand');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('Глушко Роман');
  await page.waitForSelector('[role=option]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.sections');
  assert.match(await page.textContent('main h1'), /Глушко Роман/);
  const reach = async (wanted) => {
    for (let i = 0; i < 200; ++i) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate(() => {
        const at = document.activeElement;
        return at?.tagName === 'BUTTON' ? at.textContent.trim() : (at?.labels?.[0]?.textContent.trim() ?? '');
      });
      if (text === wanted) return;
    }
    assert.fail(`${wanted} is not reached by Tab`);
  };
  await reach('Изменить');
  await page.keyboard.press('Enter');
  await page.waitForSelector('es-form');
  await reach('Место рождения');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Таганрог');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice button');
  await until(page, () => document.querySelector('.sections')?.textContent.includes('Таганрог'));
  await reach('Отменить');
  await page.keyboard.press('Enter');
  await until(page, () => document.querySelector('.sections') && !document.querySelector('.sections').textContent.includes('Таганрог'));
  noFaults(page, 'keyboard');
  await page.context().close();
});

test('two people change one record: both versions side by side, nothing is lost unseen', async () => {
  const found = await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`);
  const { id } = found.body.items[0];
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.student/${id}`);
  await page.click('.heading button:has-text("Изменить")');
  await field(page, 'Место рождения').fill('Батайск');
  const theirs = await administrator('PATCH', `records/people.student/${id}`, { birth_place: 'Азов' });
  assert.equal(theirs.status, 200);
  page.faults.length = 0;
  await page.click('.sticky button:has-text("Сохранить")');
  await page.waitForSelector('.problem table');
  const conflict = await page.textContent('.problem');
  assert.match(conflict, /Азов/);
  assert.match(conflict, /Батайск/);
  assert.equal((await administrator('GET', `records/people.student/${id}`)).body.birth_place, 'Азов', 'not overwritten unseen');
  await page.click('button:has-text("Записать моё поверх")');
  await page.waitForSelector('.sections');
  assert.equal((await administrator('GET', `records/people.student/${id}`)).body.birth_place, 'Батайск');
  await page.context().close();
});

test('the connection drops while saving: what was typed stays, saved again it is one record', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/school.building/new`);
  await field(page, 'Название *').fill('Корпус за рекой');
  // The server gets it, the answer is lost: the worst moment.
  let lost = 0;
  await page.route('**/api/v1/records/school.building', async (route) => {
    if (route.request().method() !== 'POST' || lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.click('.sticky button:has-text("Сохранить")');
  await page.waitForSelector('.problem');
  assert.match(await page.textContent('.problem'), /Нет связи/);
  assert.equal(await field(page, 'Название *').inputValue(), 'Корпус за рекой');
  await page.click('.sticky button:has-text("Сохранить")');
  await page.waitForSelector('.sections');
  const all = await administrator('GET', `records/school.building?filter=${encodeURIComponent("name='Корпус за рекой'")}&count=1`);
  assert.equal(all.body.total, 1);
  await page.context().close();
});

test('leaving a form with changes asks first', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/school.building/new`);
  await field(page, 'Название *').fill('Не сохранённый');
  page.removeAllListeners('dialog');
  let asked = 0;
  page.on('dialog', (dialog) => {
    asked += 1;
    void dialog.dismiss();
  });
  await page.click('nav a:has-text("Главная")');
  await page.waitForTimeout(200);
  assert.equal(asked, 1);
  assert.equal(await field(page, 'Название *').inputValue(), 'Не сохранённый');
  await page.context().close();
});

test('errors of a form stand at their fields, before and after sending', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.student/new`);
  await page.click('.sticky button:has-text("Сохранить")');
  await page.waitForSelector('[aria-invalid=true]');
  assert.match(await page.textContent('main'), /Фамилия: заполните/);
  await field(page, 'Фамилия *').fill('Проверкин');
  await field(page, 'Имя *').fill('Пётр');
  await field(page, 'СНИЛС').fill('112-233-445 96');
  page.faults.length = 0;
  await page.click('.sticky button:has-text("Сохранить")');
  await page.waitForSelector('p.error');
  assert.match(await page.textContent('p.error'), /СНИЛС/);
  assert.equal(await page.evaluate(() => document.activeElement?.labels?.[0]?.textContent.trim()), 'СНИЛС', 'the focus is where the error is');
  await page.context().close();
});

const nasty = [
  '<script>document.title="взлом"</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', "'; DROP TABLE people_person; --", '{{7*7}}', '${7*7}',
  '\u202eволшебник', 'а\u0301бв', '👩‍👩‍👧‍👦 семья', '<b>жирный</b>', '&lt;амп&amp;', 'javascript:alert(1)', '\\" onmouseover="alert(1)', "O'Нил", '«ёлочки»', 'tab\tвнутри',
  '=1+1', '+7', '-1', '@SUM(A1)', 'NULL', 'undefined', '0', '   края   ', '../../../etc/passwd', '%3Cscript%3E', '\u200bнулевой', 'ß İ ı', 'Ёж', 'Щ'.repeat(120),
  '<!-- комментарий -->', ']]>', '<style>*{display:none}</style>', '<iframe src="https://example.org">', '<a href="javascript:alert(1)">нажми</a>', '`обратная`', '\u0000'.length ? 'нулевой символ' : '', '/* */', '<math><mtext></mtext></math>', '日本語', 'שלום',
];

test('40 nasty names are shown as what they are, on the list, the card, the history, the search and the form', async () => {
  const page = await open(browser, school.url);
  let dialogs = 0;
  page.on('dialog', () => (dialogs += 1));
  await signIn(page, 'administrator');
  const made = [];
  for (const text of nasty) {
    const reply = await administrator('POST', 'records/school.room', { number: `Н${made.length + 1}`, name: text, equipment: text.repeat(Math.ceil(10_000 / Math.max(1, text.length)) > 200 ? 20 : 200).slice(0, 10_000) });
    assert.equal(reply.status, 201, `${text}: ${JSON.stringify(reply.body)}`);
    made.push(reply.body);
  }
  await page.goto(`${school.url}/r/school.room?f.number=${encodeURIComponent('Н')}`);
  await settled(page);
  const shown = await page.$$eval('tbody tr', (rows) => rows.map((row) => row.textContent));
  for (const [i, text] of nasty.entries()) {
    const kept = (await administrator('GET', `records/school.room/${made[i].id}`)).body.name ?? '';
    assert.ok(shown.some((row) => row.includes(kept)), `the list has ${text}`);
    await page.goto(`${school.url}/r/school.room/${made[i].id}`);
    await page.waitForSelector('.sections');
    assert.ok((await page.textContent('.sections')).includes(kept), `the card has ${text}`);
    if (i % 8 === 0) {
      await page.click('summary:has-text("История")');
      await page.waitForSelector('.history');
      assert.ok((await page.textContent('.history')).includes(kept), `the history has ${text}`);
      await page.click('.heading button:has-text("Изменить")');
      await page.waitForSelector('es-form');
      assert.equal(await field(page, 'Название').inputValue(), kept.replace(/[\r\n]/g, ''));
    }
  }
  assert.equal(dialogs, 0);
  assert.equal(await page.evaluate(() => document.querySelectorAll('main script, main iframe, main style, main svg, main math').length), 0);
  noFaults(page, 'nasty names');
  await page.context().close();
});

test('a list: conditions by clicking, order, columns kept, bulk change with undo, export', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.student`);
  await settled(page);
  const count = async () => Number(((await page.textContent('.count')) ?? '').replace(/\D/g, ''));
  const whole = await count();
  assert.ok(whole > 100, `${whole}`);
  await page.evaluate(() => (window.print = () => (document.body.dataset.printed = document.querySelectorAll('tbody tr').length)));
  await page.click('button:has-text("Печать")');
  await until(page, (wanted) => document.body.dataset.printed === String(wanted), whole);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('thead .sort').first().isVisible(), 'columns have their names on paper');
  await page.emulateMedia({ media: 'screen' });
  await page.reload();
  await settled(page);
  // Keyset scrolling: the rows come as one goes down, each once.
  for (let i = 0; i < 20 && (await page.locator('.more').count()); ++i) {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(150);
  }
  const links = await page.$$eval('tbody a', (all) => all.map((one) => one.getAttribute('href')));
  assert.equal(links.length, whole);
  assert.equal(new Set(links).size, whole);
  await page.click('button.sort:has-text("Дата рождения")');
  await until(page, () => document.querySelector('th[aria-sort=ascending]')?.textContent.includes('Дата рождения'));
  assert.match(page.url(), /sort=birth_date/);
  await page.click('summary:has-text("Столбцы")');
  await page.getByLabel('СНИЛС', { exact: true }).check();
  await until(page, () => [...document.querySelectorAll('thead th')].some((one) => one.textContent.includes('СНИЛС')));
  await page.reload();
  await settled(page);
  assert.ok((await page.textContent('thead')).includes('СНИЛС'), 'the columns are kept');
  await page.goto(`${school.url}/r/people.student?q=${encodeURIComponent('Глушко')}`);
  await settled(page);
  const few = await count();
  assert.ok(few >= 1 && few < whole);
  await page.getByLabel('Выбрать все показанные').check();
  await page.selectOption('.bulk select[name=field]', { label: 'Дата рождения' });
  await page.fill('.bulk input[name=value]', '2014-04-04');
  await page.click('.bulk button:has-text("Изменить у выбранных")');
  await until(page, (n) => [...document.querySelectorAll('tbody tr')].filter((one) => one.textContent.includes('04.04.2014')).length === n, few);
  await page.click('.notice button:has-text("Отменить")');
  await until(page, () => document.querySelector('tbody') && !document.querySelector('tbody').textContent.includes('04.04.2014'));
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("В Excel")')]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  noFaults(page, 'list');
  await page.context().close();
});

test('a class leads to its pupils', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const { id } = (await administrator('GET', 'records/school.class?limit=1')).body.items[0];
  const { total } = (await administrator('GET', `records/people.student?filter=${encodeURIComponent(`class=${id}`)}&count=1&limit=1`)).body;
  await page.goto(`${school.url}/r/school.class/${id}`);
  const pupils = page.locator('section[aria-label="Ученики класса"]');
  await pupils.locator('tbody tr').first().waitFor();
  assert.equal(await pupils.locator('tbody tr').count(), total);
  await pupils.locator('a:has-text("Открыть списком")').click();
  await until(page, (wanted) => document.querySelectorAll('table.list tbody tr').length === wanted, total);
  assert.ok(total > 0);
  noFaults(page, 'a class');
  await page.context().close();
});

test('a child row is added in place and stands in the card', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const found = await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`);
  await page.goto(`${school.url}/r/people.student/${found.body.items[0].id}`);
  await page.click('button:has-text("Добавить: достижение")');
  await page.waitForSelector('es-children es-form');
  const form = page.locator('es-children es-form');
  await form.getByLabel('Название *', { exact: true }).fill('Олимпиада по физике');
  await form.getByLabel('Вид *', { exact: true }).selectOption({ index: 1 });
  await form.getByLabel('Уровень *', { exact: true }).selectOption({ index: 1 });
  await form.getByLabel('Дата *', { exact: true }).fill('2026-10-12');
  await page.click('es-children .sticky button:has-text("Сохранить")');
  await until(page, () => document.querySelector('.sections')?.textContent.includes('Олимпиада по физике'));
  noFaults(page, 'children');
  await page.context().close();
});

for (const [registry, file] of [['people.student', 'Ученики'], ['people.employee', 'Сотрудники'], ['people.guardian', 'Родители'], ['school.institution', 'Учреждение']])
  test(`the file ${file}.xlsx through the page: understood, checked, nothing new`, async () => {
    const page = await open(browser, school.url);
    await signIn(page, 'administrator');
    await page.goto(`${school.url}/import?registry=${registry}`);
    await settled(page);
    await page.setInputFiles('input[type=file]', join(root, `tests/fixtures/excel/${file}.xlsx`));
    await page.waitForSelector('h2:has-text("Что в столбцах")');
    await page.click('button:has-text("Проверить")');
    await page.waitForSelector('h2:has-text("Что получится")');
    const figures = await page.$$eval('.figures > div', (all) => Object.fromEntries(all.map((one) => [one.children[0].textContent, Number(one.children[1].textContent)])));
    assert.equal(figures['Новых'], 0, JSON.stringify(figures));
    assert.equal(figures['С ошибками'], 0, `${JSON.stringify(figures)} ${await page.locator('es-import details').allTextContents()}`);
    assert.ok(figures['Строк'] > 0);
    noFaults(page, file);
    await page.context().close();
  });

/** A lesson plan of the teacher who signs in as the-teacher. */
async function lessonPlan(name, subject, grade) {
  const first = async (registry, filter) => (await administrator('GET', `records/${registry}?filter=${encodeURIComponent(filter)}`)).body.items[0].id;
  const plan = {
    name,
    kind: 'model',
    grade,
    subject: await first('curriculum.subject', `name = '${subject}'`),
    teacher: await first('people.employee', "surname = 'Барсукова' and given_name = 'Елена'"),
  };
  return (await administrator('POST', 'records/curriculum.lesson_plan', plan)).body.id;
}

test('on the card of a colleague nothing is offered that would be refused', async () => {
  const first = async (registry, filter) => (await administrator('GET', `records/${registry}?filter=${encodeURIComponent(filter)}`)).body.items[0].id;
  const plan = (await administrator('POST', 'records/curriculum.lesson_plan', {
    name: 'План коллеги',
    kind: 'model',
    grade: 6,
    subject: await first('curriculum.subject', "name = 'Биология'"),
  })).body.id;
  await administrator('POST', 'records/curriculum.topic', { plan, number: 1, title: 'Вводный урок' });
  const page = await open(browser, school.url);
  await signIn(page, 'teacher');
  await page.goto(`${school.url}/r/curriculum.lesson_plan/${plan}`);
  await until(page, () => document.querySelector('es-children tbody tr'));
  assert.deepEqual(await page.locator('main button:visible, es-children a').allTextContents(), ['Печать']);
  noFaults(page, 'a plan of a colleague');
  await page.context().close();
});

const figuresOf = (page) => page.$$eval('.figures > div', (all) => Object.fromEntries(all.map((one) => [one.children[0].textContent, Number(one.children[1].textContent)])));

test('a teacher loads КТП_алгебра_8.xlsx from the card of the plan, sees the topics there and takes them back', async () => {
  const plan = await lessonPlan('Алгебра, 8 класс', 'Алгебра', 8);
  const page = await open(browser, school.url);
  await signIn(page, 'teacher');
  await page.goto(`${school.url}/r/curriculum.lesson_plan/${plan}`);
  await page.click('es-children a:has-text("Загрузить из Excel")');
  await settled(page);
  await page.setInputFiles('input[type=file]', join(root, 'tests/fixtures/excel/КТП_алгебра_8.xlsx'));
  await page.waitForSelector('h2:has-text("Что в столбцах")');
  assert.equal(await field(page, 'План *').inputValue(), 'Алгебра, 8 класс');
  await page.click('button:has-text("Проверить")');
  await page.waitForSelector('h2:has-text("Что получится")');
  assert.deepEqual(await figuresOf(page), { Строк: 74, Новых: 74, Изменится: 0, 'Без изменений': 0, 'С ошибками': 0 });
  assert.match(await page.textContent('es-import'), /9 строк с названиями разделов и 1 строка с итогом/);
  await page.click('button:has-text("Загрузить")');
  await page.waitForSelector('h2:has-text("Загружено")');
  await page.click('a:has-text("Открыть: Алгебра, 8 класс")');
  await until(page, () => document.querySelectorAll('es-children tbody tr').length === 74);
  assert.match(await page.textContent('es-children tbody tr'), /Квадратные корни \(15 ч\.\)/);
  await page.goto(`${school.url}/import`);
  await page.click('button[aria-label="Отменить загрузку КТП_алгебра_8.xlsx"]');
  await page.waitForSelector('tr:has-text("КТП_алгебра_8.xlsx"):has-text("отменена")');
  noFaults(page, 'lesson plan of a teacher');
  await page.context().close();
});

test('КТП_русский_5.xlsx through the page: the plan is chosen beside the file', async () => {
  await lessonPlan('Русский язык, 5 класс', 'Русский язык', 5);
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/import?registry=curriculum.topic`);
  await settled(page);
  await page.setInputFiles('input[type=file]', join(root, 'tests/fixtures/excel/КТП_русский_5.xlsx'));
  await page.waitForSelector('h2:has-text("Что в столбцах")');
  // What the page knows to be wanting it says itself: marked, in focus, nothing sent.
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.click('button:has-text("Проверить")');
  await page.waitForSelector('[role=alert]:has-text("Сначала заполните отмеченные поля")');
  await until(page, () => document.activeElement?.getAttribute('aria-invalid') === 'true');
  assert.equal(await field(page, 'План *').evaluate((input) => input === document.activeElement), true);
  assert.match(await page.textContent('es-import es-field .error'), /План: заполните, в файле этого нет/);
  assert.deepEqual(sent, []);
  await page.keyboard.type('русский');
  await page.click('[role=option]:has-text("Русский язык, 5 класс")');
  assert.equal(await page.locator('es-import [aria-invalid=true], es-import .error').count(), 0);
  await page.click('button:has-text("Проверить")');
  await page.waitForSelector('h2:has-text("Что получится")');
  assert.deepEqual(await figuresOf(page), { Строк: 103, Новых: 103, Изменится: 0, 'Без изменений': 0, 'С ошибками': 0 });
  await page.click('button:has-text("Загрузить")');
  await page.waitForSelector('h2:has-text("Загружено")');
  noFaults(page, 'lesson plan');
  await page.context().close();
});

test('a file given for the wrong registry: the page says whose it is and goes there with the file', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/import?registry=people.student`);
  await settled(page);
  await page.setInputFiles('input[type=file]', join(root, 'tests/fixtures/excel/КТП_алгебра_8.xlsx'));
  await page.waitForSelector('[role=status]:has-text("Похоже, это файл для реестра «Темы уроков»")');
  // Its columns are not those of pupils: said at once, of nothing the server is asked.
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.click('button:has-text("Проверить")');
  await page.waitForSelector('[role=alert]:has-text("Без этого файл не загрузить"), [role=alert]:has-text("Сначала заполните")');
  assert.deepEqual(sent, []);
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, 'wider than a phone');
  assert.deepEqual(await page.$$eval('es-import .scroll', (all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel)), []);
  await page.click('button:has-text("Загружать в «Темы уроков»")');
  await until(page, () => [...document.querySelectorAll('es-import es-field label')].some((one) => one.textContent.includes('План')));
  assert.equal(await page.locator('label:has-text("Что загружаем") select').inputValue(), 'curriculum.topic');
  assert.match(await page.textContent('.drop'), /КТП_алгебра_8\.xlsx/);
  assert.equal(await page.locator('text=Похоже, это файл').count(), 0);
  noFaults(page, 'wrong registry');
  await page.context().close();
});

test('a new file: errors by row, the sound rows loaded, the whole undone', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/import?registry=people.employee`);
  await settled(page);
  const table = 'Фамилия;Имя;Дата рождения\nЖуравлёва;Зоя;01.02.1980\nБезымянная;;03.04.1981\n';
  await page.setInputFiles('input[type=file]', { name: 'Новые.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.waitForSelector('h2:has-text("Что в столбцах")');
  await page.click('button:has-text("Проверить")');
  await page.waitForSelector('h2:has-text("Что получится")');
  assert.match(await page.textContent('es-import details'), /3/);
  await page.click('button:has-text("Загрузить строки без ошибок")');
  await page.waitForSelector('h2:has-text("Загружено")');
  const look = () => administrator('GET', `records/people.employee?q=${encodeURIComponent('Журавлёва')}&count=1`);
  assert.equal((await look()).body.total, 1);
  await page.click('button[aria-label="Отменить загрузку Новые.csv"]');
  await page.waitForSelector('tr:has-text("Новые.csv"):has-text("отменена")');
  assert.equal((await look()).body.total, 0);
  noFaults(page, 'new file');
  await page.context().close();
});

test('an account: made, its code used once, the own password set, signed out everywhere', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/accounts`);
  await settled(page);
  await page.click('summary:has-text("Новая учётная запись")');
  await page.getByLabel('Логин', { exact: true }).fill('fresh');
  await page.locator('form.inline select[name=role]').first().selectOption('teacher');
  await page.click('button:has-text("Создать и показать код")');
  await page.waitForSelector('.secret');
  const code = (await page.textContent('.secret')).trim();
  noFaults(page, 'accounts');
  await page.context().close();

  const guest = await open(browser, school.url);
  await guest.fill('input[name=login]', 'fresh');
  await guest.fill('input[name=password]', code);
  await guest.click('.sign-in button');
  await guest.waitForSelector('h1:has-text("Придумайте свой пароль")');
  await guest.fill('input[name=old]', code);
  await guest.fill('input[name=new]', 'Собственный пароль учителя');
  await guest.fill('input[name=again]', 'Собственный пароль учителя');
  await guest.click('.sign-in button');
  await guest.waitForSelector('header .brand');
  await guest.goto(`${school.url}/sessions`);
  await settled(guest);
  assert.match(await guest.textContent('main'), /вы здесь/);
  assert.equal(await guest.locator('main button:has-text("Закрыть")').count(), 0, 'where one is, one signs out');
  const entered = await fetch(`${school.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login: 'fresh', password: 'Собственный пароль учителя', token: true, label: 'журнал' }),
  });
  const { token } = await entered.json();
  const answers = async () => (await fetch(`${school.url}/api/v1/session`, { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.equal(await answers(), 200);
  await guest.reload();
  await guest.click('button[aria-label^="Закрыть: Программа: журнал"]');
  await guest.waitForSelector('.notice:has-text("Сеанс закрыт")');
  await until(guest, () => document.querySelectorAll('es-sessions li').length === 1);
  assert.equal(await answers(), 401);
  guest.faults.length = 0;
  await guest.click('button:has-text("Выйти везде")');
  await guest.waitForSelector('input[name=login]');
  await guest.context().close();
});

test('a list of 10,000 rows is scrolled to its end without a jump', async () => {
  await school.load('school.asset', ['Инвентарный номер;Наименование', ...Array.from({ length: 10_000 }, (_, i) => `И-${String(i).padStart(5, '0')};Стул ${i}`)]);
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/school.asset?sort=inventory_no`);
  await settled(page);
  let jumps = 0;
  for (let seen = 0; seen < 10_000; ) {
    const before = await page.evaluate(() => {
      const all = document.querySelectorAll('main table.list tbody tr');
      all[all.length - 1].scrollIntoView({ block: 'center' });
      return { rows: all.length, place: all[all.length - 1].getBoundingClientRect().top, text: all[all.length - 1].textContent };
    });
    seen = before.rows;
    if (seen >= 10_000) break;
    await until(page, (known) => document.querySelectorAll('main table.list tbody tr').length > known, seen);
    const after = await page.evaluate((known) => {
      const row = document.querySelectorAll('main table.list tbody tr')[known - 1];
      return { place: row.getBoundingClientRect().top, text: row.textContent };
    }, seen);
    assert.equal(after.text, before.text);
    if (Math.abs(after.place - before.place) > 2) jumps += 1;
  }
  assert.equal(jumps, 0, 'what is looked at stays where it is while more comes');
  const numbers = await page.$$eval('main table.list tbody tr', (all) => all.map((one) => /И-\d{5}/.exec(one.textContent)?.[0]));
  assert.equal(new Set(numbers).size, 10_000, 'each row once');
  noFaults(page, '10,000 rows');
  await page.context().close();
});

test('an installation without a folder of backups is told so', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'sysadmin');
  await page.goto(`${school.url}/system`);
  await page.waitForSelector('main .error:has-text("Папка копий не настроена")');
  assert.equal(await page.locator('button:has-text("Снять копию")').count(), 0);
  noFaults(page, '/system');
  await page.context().close();
});
