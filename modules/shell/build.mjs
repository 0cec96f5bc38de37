// Builds the shell into a folder that the server serves as it is: node build.mjs OUT [--language ID MESSAGES.json]
// Names carry a hash of what is inside, so that browsers may keep the files for ever; beside each file that shrinks lie
// its brotli and its gzip form. Another language is words for the Russian ones, by message: node build.mjs --messages
// prints them all with nothing beside them. What the file leaves out stays Russian; "pseudo" instead of a file takes words
// that nobody has translated.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { inMarkup, messagesOf, pseudo, translated } from './messages.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [out, option, language = 'ru', words] = process.argv.slice(2);
if (!out || (option && (option !== '--language' || !words))) throw new Error('node build.mjs OUT [--language ID MESSAGES.json]');

if (out === '--messages') {
  const manifest = JSON.parse(readFileSync(join(here, 'src/manifest.webmanifest'), 'utf8'));
  const all = new Set([manifest.name, manifest.short_name]);
  inMarkup(readFileSync(join(here, 'src/index.html'), 'utf8'), (message) => all.add(message) && message);
  for (const name of readdirSync(join(here, 'src'), { recursive: true }).sort())
    if (name.endsWith('.ts')) for (const one of messagesOf(readFileSync(join(here, 'src', name), 'utf8'), name)) all.add(one);
  console.log(JSON.stringify(Object.fromEntries([...all].map((one) => [one, ''])), null, 2));
  process.exit(0);
}

const given = words && words !== 'pseudo' ? JSON.parse(readFileSync(words, 'utf8')) : {};
const translate = words === 'pseudo' ? pseudo : (message) => given[message] || message;
const speaking = {
  name: 'language',
  setup(running) {
    running.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({ contents: translated(readFileSync(path, 'utf8'), path, translate), loader: 'ts' }));
  },
};
const ui = join(out, 'ui');
rmSync(out, { recursive: true, force: true });
mkdirSync(ui, { recursive: true });

const shared = {
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  target: ['chrome100', 'firefox102', 'safari15.4'],
  absWorkingDir: here,
  logLevel: 'warning',
  charset: 'utf8',
  define: { LANGUAGE: JSON.stringify(language) },
  plugins: words ? [speaking] : [],
};
const scripts = await build({
  ...shared,
  entryPoints: { main: 'src/main.ts', 'sdk/v1/lit': 'src/sdk/lit.ts', 'sdk/v1/ui': 'src/sdk/ui.ts', 'sdk/v1/api': 'src/sdk/api.ts', 'sdk/v1/i18n': 'src/sdk/i18n.ts' },
  outdir: ui,
  format: 'esm',
  splitting: true,
  chunkNames: '[name]-[hash]',
  metafile: true,
});
await build({
  ...shared,
  entryPoints: ['src/shell.css'],
  outdir: ui,
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file' },
});

/** Gives the file a name with its hash; answers the address. */
function hashed(name) {
  const bytes = readFileSync(join(ui, name));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  const dot = name.lastIndexOf('.');
  const fresh = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(ui, fresh), bytes);
  rmSync(join(ui, name));
  return `/ui/${fresh}`;
}

let page = inMarkup(readFileSync(join(here, 'src/index.html'), 'utf8'), translate).replace('lang="ru"', `lang="${language}"`);
for (const name of ['shell.css', 'main.js']) page = page.replace(`{{${name}}}`, hashed(name));
if (page.includes('{{')) throw new Error('index.html asks for a file that is not built');
writeFileSync(join(out, 'index.html'), page);
writeFileSync(join(ui, 'icon.svg'), readFileSync(join(here, 'src/icon.svg')));
const manifest = JSON.parse(readFileSync(join(here, 'src/manifest.webmanifest'), 'utf8'));
writeFileSync(join(ui, 'manifest.webmanifest'), JSON.stringify({ ...manifest, name: translate(manifest.name), short_name: translate(manifest.short_name), lang: language }));

function pack(folder) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).isDirectory()) pack(file);
    else if (/\.(js|css|html|svg|webmanifest)$/.test(name)) {
      const bytes = readFileSync(file);
      for (const [packed, form] of [
        [gzipSync(bytes, { level: 9 }), 'gz'],
        [brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }), 'br'],
      ])
        if (packed.length < bytes.length) writeFileSync(`${file}.${form}`, packed);
    }
  }
}
pack(out);
if (Object.keys(scripts.metafile.outputs).length < 5) throw new Error('too little was built');
