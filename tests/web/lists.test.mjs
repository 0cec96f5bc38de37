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

test('from the card of a pupil to the parents, and to the card of one', async () => {
  const { id } = (await administrator('GET', `records/people.student?q=${encodeURIComponent('Глушко Роман')}`)).body.items[0];
  const bonds = (await administrator('GET', `records/people.guardianship?count=1&filter=${encodeURIComponent(`student = ${id}`)}`)).body;
  assert.ok(bonds.total > 0);
  const office = await open(browser, school.url);
  await signIn(office, 'administrator');
  await office.goto(`${school.url}/r/people.student/${id}`);
  await office.click('.heading a:has-text("Родители")');
  await until(office, (wanted) => document.querySelectorAll('tbody tr').length === wanted, bonds.total);
  await office.click('tbody a');
  await office.waitForSelector('.sections');
  assert.match(await office.textContent('main h1'), /Глушко/);
  noFaults(office, 'parents of a pupil');
  await office.context().close();
});
