// Lists: nothing is changed in bulk by mistake, what narrows a list is in sight, and one comes back to where one was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fits, noFaults, open, serving, settled, signIn, until } from './browser.mjs';

const { school, browser, administrator } = await serving();

await administrator('POST', 'records/school.building', { name: 'Главный корпус' });
const rooms = [];
for (const [number, floor] of [['Ц-1', 1], ['Ц-2', 2], ['Ц-3', 3]]) rooms.push((await administrator('POST', 'records/school.room', { number, name: `Кабинет ${number}`, floor })).body.id);
const floors = async () => (await administrator('GET', `records/school.room?filter=${encodeURIComponent("number~'Ц-'")}&sort=number`)).body.items.map((one) => one.floor);

/** The page's dialogs from now on: their texts, and what is answered. */
function dialogs(page, answer) {
  page.removeAllListeners('dialog');
  const heard = [];
  page.on('dialog', (dialog) => {
    heard.push(dialog.message());
    void dialog[answer]();
  });
  return heard;
}

test('a bulk change needs a value, is asked back in words, and empties a field only when told so', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/school.room?q=${encodeURIComponent('Кабинет Ц')}`);
  await settled(page);
  await page.getByLabel('Выбрать все показанные').check();
  await page.selectOption('.bulk select[name=field]', { label: 'Этаж' });
  let heard = dialogs(page, 'accept');
  await page.click('.bulk button:has-text("Изменить у выбранных")');
  await page.waitForSelector('.bulk .error:has-text("Этаж: укажите значение")');
  assert.deepEqual(heard, []);
  assert.deepEqual(await floors(), [1, 2, 3]);
  await accessible(page, 'a bulk change without a value');

  heard = dialogs(page, 'dismiss');
  await page.fill('.bulk input[name=value]', '4');
  await page.click('.bulk button:has-text("Изменить у выбранных")');
  await page.getByLabel('очистить поле').check();
  await page.click('.bulk button:has-text("Очистить у выбранных")');
  assert.deepEqual(heard, ['Изменить у 3 записей: «Этаж» станет «4»?', 'Очистить поле «Этаж» у 3 записей?']);
  assert.deepEqual(await floors(), [1, 2, 3], 'nothing was agreed to');

  heard = dialogs(page, 'accept');
  await page.click('.bulk button:has-text("Очистить у выбранных")');
  await page.waitForSelector('.notice button:has-text("Отменить")');
  assert.deepEqual(await floors(), [null, null, null]);
  await page.click('.notice button:has-text("Отменить")');
  await page.waitForSelector('.notice:has-text("Возвращено")');
  assert.deepEqual(await floors(), [1, 2, 3]);
  noFaults(page, 'bulk');

  for (const [registry, own] of [['people.student', ['Фамилия', 'Имя', 'Отчество']], ['school.building', ['Название']]]) {
    await page.goto(`${school.url}/r/${registry}`);
    await settled(page);
    await page.locator('tbody input').first().check();
    const offered = await page.locator('.bulk select[name=field] option').allTextContents();
    assert.ok(offered.length && !own.some((one) => offered.includes(one)), `${registry}: ${offered}`);
  }
  await page.context().close();
});

test('a bulk change that is refused names the record; one that did not arrive is sent once more, and counts once', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/school.room?q=${encodeURIComponent('Кабинет Ц')}`);
  await settled(page);
  await page.getByLabel('Выбрать все показанные').check();
  await page.selectOption('.bulk select[name=field]', { label: 'Этаж' });
  page.removeAllListeners('console'); // the refused answer is told there
  await page.route('**/api/v1/batch', (route) => route.abort(), { times: 1 });
  await page.fill('.bulk input[name=value]', '5');
  await page.click('.bulk button:has-text("Изменить у выбранных")');
  await page.waitForSelector('.problem:has-text("Нет связи")');
  await page.click('.problem button:has-text("Повторить")');
  await page.waitForSelector('.notice:has-text("Изменено: 3 записи")');
  assert.deepEqual(await floors(), [5, 5, 5]);

  await page.getByLabel('Выбрать все показанные').check();
  await page.route('**/api/v1/batch', async (route) => {
    // Somebody else has changed the second one meanwhile, and the page has not heard of it yet.
    const { operations } = route.request().postDataJSON();
    operations[1].version = 1;
    await route.continue({ postData: JSON.stringify({ operations }) });
  });
  await page.fill('.bulk input[name=value]', '6');
  await page.click('.bulk button:has-text("Изменить у выбранных")');
  await page.waitForSelector('.problem');
  const text = await page.textContent('.problem');
  assert.match(text, /Ц-2/);
  assert.doesNotMatch(text, /operations/);
  assert.equal(await page.locator('.problem button:has-text("Повторить")').count(), 0, 'what is refused is not offered again');
  await page.context().close();
});

test('what narrows a list stands above it in words, is taken away one by one, and goes along to another tab', async () => {
  const { id, name } = (await administrator('GET', 'records/school.class?limit=1')).body.items[0];
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.student?q=${encodeURIComponent('а')}&list=studying&f.class=${id}&f.sex=-&filter=${encodeURIComponent('phone = null')}`);
  await settled(page);
  await page.waitForSelector(`.chips button:has-text("Класс: ${name}")`);
  assert.deepEqual((await page.locator('.chips button').allTextContents()).map((one) => one.replace(/\s+/g, ' ').trim()), [`Класс: ${name} ×`, 'Не заполнено: Пол ×', 'Не заполнено: Телефон ×']);
  const panel = page.locator('.conditions');
  assert.ok(!(await panel.isVisible()), 'the rows are in sight');
  await accessible(page, 'chips');
  await page.click('summary:has-text("Условия")');
  assert.equal(await page.locator('.conditions [role=combobox]').inputValue(), name);
  await page.keyboard.press('Escape');
  assert.ok(!(await panel.isVisible()));
  assert.equal(
    await page.evaluate(() => {
      const box = document.querySelector('.narrow-down');
      box.querySelector('summary').click();
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      return box.open;
    }),
    false,
    'a key pressed before the box has told of its opening counts too',
  );
  await page.click('summary:has-text("Условия")');
  await page.click('main h1');
  await panel.waitFor({ state: 'hidden' });
  await page.click('.chips button:has-text("Телефон")');
  await until(page, () => !location.search.includes('filter='));
  await page.click('.tabs a:has-text("Основной")');
  await until(page, () => !location.search.includes('list='));
  assert.match(page.url(), new RegExp(`q=.*f\\.class=${id}`));
  await page.click('.tabs a:has-text("Обучающиеся")');
  await until(page, () => location.search.includes('list=studying'));
  await page.click('summary:has-text("Условия")');
  await page.click('button:has-text("Сбросить")');
  await until(page, () => !location.search.includes('f.'));
  assert.match(page.url(), /q=.*list=studying|list=studying.*q=/);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${school.url}/r/people.student?f.class=${id}&f.sex=-`);
  await page.waitForSelector('.chips');
  await fits(page, 'chips on a phone');
  noFaults(page, 'conditions');
  await page.context().close();
});

test('columns are chosen for each tab by itself', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const heads = async () => (await page.locator('thead').textContent()) ?? '';
  const choose = async (path, label) => {
    await page.goto(`${school.url}/r/people.student${path}`);
    await settled(page);
    await page.click('summary:has-text("Столбцы")');
    await page.getByLabel(label, { exact: true }).check();
    await until(page, (wanted) => document.querySelector('thead').textContent.includes(wanted), label);
  };
  await choose('?list=studying', 'СНИЛС');
  await choose('', 'Место рождения');
  assert.ok(!(await heads()).includes('СНИЛС'));
  await page.goto(`${school.url}/r/people.student?list=studying`);
  await settled(page);
  assert.ok((await heads()).includes('СНИЛС') && !(await heads()).includes('Место рождения'), await heads());
  noFaults(page, 'columns');
  await page.context().close();
});

test('back from a card the list is where one left it, and the card knows the way', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  const address = '/r/people.student?list=studying&sort=-birth_date';
  await page.goto(school.url + address);
  await settled(page);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await until(page, () => document.querySelectorAll('tbody tr').length > 100);
  await page.evaluate(() => scrollTo(0, 3_500));
  await page.waitForTimeout(300);
  const { rows, place } = await page.evaluate(() => ({ rows: document.querySelectorAll('tbody tr').length, place: scrollY }));
  // What is clicked is in the window already, so that clicking does not scroll.
  await page.evaluate(() => [...document.querySelectorAll('tbody a')].find((one) => one.getBoundingClientRect().top > 300).click());
  await page.waitForSelector('.sections');
  assert.equal(await page.locator('.crumbs a').getAttribute('href'), address);
  await page.goBack();
  await until(page, (wanted) => document.querySelectorAll('tbody tr').length >= wanted, rows);
  await until(page, (wanted) => Math.abs(scrollY - wanted) < 200, place);
  noFaults(page, 'back');
  await page.context().close();
});

test('on paper a list says whose and which it is, and numbers its rows; a card leaves out what is empty', async () => {
  const page = await open(browser, school.url);
  await signIn(page, 'administrator');
  await page.goto(`${school.url}/r/people.student?list=studying&f.sex=-`);
  await settled(page);
  assert.ok(!(await page.locator('.paper').isVisible()));
  await page.emulateMedia({ media: 'print' });
  const head = page.locator('.paper');
  assert.ok(await head.isVisible());
  assert.match(await head.textContent(), /Проверочный лицей; Обучающиеся; Не заполнено: Пол; \d\d\.\d\d\.\d{4}/);
  await page.goto(`${school.url}/r/people.student?list=studying`);
  await settled(page);
  assert.match(await page.locator('tbody tr:nth-child(2) td:not(.pick)').first().evaluate((one) => getComputedStyle(one, '::before').content), /counter\(row\)/);
  await page.emulateMedia({ media: 'screen' });
  await page.locator('tbody a').first().click();
  await page.waitForSelector('.sections');
  await page.emulateMedia({ media: 'print' });
  for (const left of ['main details', '.others', '.screen', '.sections .bare', '.missing'])
    for (const one of await page.locator(left).all()) assert.ok(!(await one.isVisible()), left);
  noFaults(page, 'paper');
  await page.context().close();
});

test('a card shows what belongs to it elsewhere: the parents of a pupil with their telephones, as far as one reads them', async () => {
  const { id } = (await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`)).body.items[0];
  const bonds = (await administrator('GET', `records/people.guardianship?count=1&filter=${encodeURIComponent(`student = ${id}`)}`)).body;
  assert.ok(bonds.total > 0);
  const office = await open(browser, school.url);
  await signIn(office, 'administrator');
  await office.goto(`${school.url}/r/people.student/${id}`);
  const parents = office.locator('section[aria-label="Родители"]');
  await parents.locator('tbody tr').first().waitFor();
  assert.equal(await parents.locator('tbody tr').count(), bonds.total);
  assert.match(await parents.textContent(), /мать/);
  const phone = (await administrator('GET', `records/people.guardian/${bonds.items[0].guardian.id}`)).body.phone;
  assert.ok(phone && (await parents.textContent()).includes(phone), 'the telephone stands beside the name');
  await accessible(office, 'a card with a related list');
  await fits(office, 'a card with a related list');

  // A bond is added from here, the pupil filled in; what happens elsewhere shows by itself.
  await parents.locator('a:has-text("Добавить")').click();
  await office.waitForSelector('es-form');
  assert.match(await office.locator('es-form [role=combobox]').first().inputValue(), /Глушко Роман/);
  await office.goBack();
  await parents.locator('tbody tr').first().waitFor();
  const bond = (await administrator('GET', `records/people.guardianship/${bonds.items[0].id}`)).body;
  await administrator('PATCH', `records/people.guardianship/${bond.id}`, { kinship: 'aunt' }, { 'If-Match': String(bond.version) });
  await parents.locator('td:has-text("тётя")').waitFor();

  await parents.locator('a:has-text("Открыть списком")').click();
  await until(office, (wanted) => document.querySelectorAll('table.list tbody tr').length === wanted, bonds.total);
  await office.goBack();
  await parents.locator('tbody a').first().click();
  await until(office, () => document.querySelector('main h1')?.textContent.includes('Глушко') && location.pathname.includes('people.guardian/'));
  assert.match(await office.textContent('main h1'), /Глушко/);
  noFaults(office, 'parents of a pupil');
  await office.context().close();

  const hired = await open(browser, school.url);
  await signIn(hired, 'teacher');
  const asked = [];
  hired.on('request', (request) => asked.push(request.url()));
  const { items } = (await (await school.api('teacher'))('GET', 'records/people.student?limit=1')).body;
  await hired.goto(`${school.url}/r/people.student/${items[0].id}`);
  await settled(hired);
  assert.equal(await hired.locator('section[aria-label="Родители"]').count(), 0);
  assert.ok(!asked.some((one) => one.includes('guardian')), 'what one may not read is not asked for');
  noFaults(hired, 'a card without the related list');
  await hired.context().close();
});
