// Builds the shell into a folder that the server serves as it is: node build.mjs OUT
// Names carry a hash of what is inside, so that browsers may keep the files for ever; beside each file that shrinks lies
// its gzip form.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error('node build.mjs OUT');
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

let page = readFileSync(join(here, 'src/index.html'), 'utf8');
for (const name of ['shell.css', 'main.js']) page = page.replace(`{{${name}}}`, hashed(name));
if (page.includes('{{')) throw new Error('index.html asks for a file that is not built');
writeFileSync(join(out, 'index.html'), page);
for (const name of ['icon.svg', 'manifest.webmanifest']) writeFileSync(join(ui, name), readFileSync(join(here, 'src', name)));

function pack(folder) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).isDirectory()) pack(file);
    else if (/\.(js|css|html|svg|webmanifest)$/.test(name)) {
      const bytes = readFileSync(file);
      const packed = gzipSync(bytes, { level: 9 });
      if (packed.length < bytes.length) writeFileSync(`${file}.gz`, packed);
    }
  }
}
pack(out);
if (Object.keys(scripts.metafile.outputs).length < 5) throw new Error('too little was built');
