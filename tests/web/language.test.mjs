// The shell in words that nobody has translated: what stays Russian on a page is then not the shell's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inMarkup, messagesOf, pseudo, translated } from '../../modules/shell/messages.mjs';
import { fits, noFaults, open, serving, settled, signIn } from './browser.mjs';
import { School, build, root } from './school.mjs';

const shell = join(root, 'modules/shell');
const cyrillic = /[\u0400-\u04FF]/;

/** Served by pages in the language of nobody. */
class SchoolOfNobody extends School {
  constructor() {
    super();
    this.pages = join(this.data, 'pages');
    execFileSync(process.execPath, [join(shell, 'build.mjs'), this.pages, '--language', 'eo', 'pseudo']);
    process.env.ESCHOOL_WEB = this.pages;
  }
}

const { school, browser, administrator } = await serving(new SchoolOfNobody());

/** Every script and page below a folder, as one text. */
const everything = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /\.(js|html|webmanifest)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');

test('a message is a run of words, with what is put in', () => {
  const source = "const a = html`<p title=\"Всего ${n}\">Строк ${n} из ${all}</p>${x ? html`<b>Да</b>` : 'нет'}`; // примечание\nf(`Ещё ${n}`, 'plain', '\\nс новой');";
  assert.deepEqual(messagesOf(source, 'a.ts'), ['Да', 'нет', 'Всего {0}', 'Строк {0} из {1}', 'Ещё {0}', '\nс новой']);
  const words = { 'Строк {0} из {1}': '{1} / {0} `rows`', 'нет': "it's not", 'Ещё {0}': '{0} ${more' };
  const other = translated(source, 'a.ts', (message) => words[message] ?? message);
  assert.match(other, /<p title="Всего \$\{n\}">\$\{all\} \/ \$\{n\} \\`rows\\`<\/p>\$\{x \? html`<b>Да<\/b>` : "it's not"\}`; \/\/ примечание/);
  assert.ok(other.includes('f(`${n} \\${more`'));
  assert.equal(translated(source, 'a.ts', (message) => message).replace(/\s+/g, ' ').includes('Строк ${n} из ${all}'), true);
  assert.throws(() => translated(source, 'a.ts', (message) => (message === 'Строк {0} из {1}' ? 'only {0}' : message)), /does not put in the same/);
  assert.equal(inMarkup('<html lang="ru"><title>Школа</title>', pseudo), '<html lang="ru"><title>Shkola</title>');
});

test('no word of the shell is out of reach of a translation', () => {
  const left = [...everything(school.pages).matchAll(/.{0,40}[\u0400-\u04FF]+.{0,40}/g)].map(([text]) => text);
  assert.deepEqual(left, []);
  assert.match(everything(join(build, 'web')), cyrillic, 'and the shell itself is Russian');
});

test('the messages are listed for whoever translates them', () => {
  const listed = JSON.parse(execFileSync(process.execPath, [join(shell, 'build.mjs'), '--messages'], { encoding: 'utf8' }));
  assert.ok(Object.keys(listed).length > 600);
  assert.equal(listed['Лист «{0}», заголовки в строке {1}. Исправленное запоминается для следующих файлов.'], '');
});

test('the pages work in other words, and have room for them', async () => {
  const page = await open(browser, school.url);
  assert.equal(await page.textContent('.sign-in button'), pseudo('Войти'));
  assert.equal(await page.getAttribute('html', 'lang'), 'eo');
  const seen = await page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(seen.replace('Проверочный лицей', ''), cyrillic);
  await signIn(page, 'administrator');
  const cards = [];
  for (const registry of ['people.student', 'people.employee', 'school.class', 'school.institution'])
    cards.push(`/r/${registry}/${(await administrator('GET', `records/${registry}?limit=1`)).body.items[0].id}`);
  for (const width of [360, 320])
    for (const path of ['/', '/r/people.student', '/r/people.employee', '/import', '/accounts', '/plugins', '/roles', '/system', '/security-log', '/sessions', '/completeness', '/duplicates', '/issue', '/expired', '/guides', ...cards]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(school.url + path);
      await settled(page);
      await fits(page, `${path} at ${width}`);
      noFaults(page, `${path} at ${width}`);
    }
  await page.goto(`${school.url}/sessions`);
  await settled(page);
  assert.match(await page.textContent('main h1'), /^[^\u0400-\u04FF]+$/);
  await page.context().close();
});
