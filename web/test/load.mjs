// SPDX-License-Identifier: Apache-2.0
// Loads a module of src/ into a test: esbuild bundles it, a small stand-in for the browser's globals is there.
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const web = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const src = path.join(web, 'src');

const storage = new Map();
export const page = { documentElement: { lang: '', dir: '', dataset: {} }, title: '', activeElement: null };
Object.assign(globalThis, {
  document: page,
  localStorage: {
    getItem: (key) => storage.get(key) ?? null,
    setItem: (key, value) => void storage.set(key, value),
    removeItem: (key) => void storage.delete(key),
  },
  location: new URL('http://127.0.0.1:8700/'),
  addEventListener: () => undefined,
});
globalThis.window ??= globalThis;

/** All files below src/ with one of the endings. */
export function sources(...endings) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(file);
    }
  };
  walk(src);
  return found.sort();
}

// Vite's import.meta.glob of the words, done by esbuild.
const glob = {
  name: 'strings',
  setup(builder) {
    builder.onLoad({ filter: /strings[/\\](en|id|ar)\.ts$/ }, ({ path: file }) => {
      const folder = path.dirname(file);
      const language = path.basename(file, '.ts');
      const areas = readdirSync(folder).filter((name) => name.endsWith(`.${language}.json`));
      const lines = areas.map((name, i) => `import a${i} from './${name}';`);
      lines.push(`export default Object.assign({}, ${areas.map((_, i) => `a${i}`).join(', ')});`);
      return { contents: lines.join('\n'), loader: 'js', resolveDir: folder };
    });
  },
};

/** Exports of several modules, which share what they share in the browser: { name: 'file in src/' }. */
export async function load(files) {
  const lines = Object.entries(files).map(([name, file]) => `export * as ${name} from './${file}';`);
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: src, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2021',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'import.meta.env': '{}' },
    loader: { '.css': 'empty' },
    plugins: [glob],
    logLevel: 'silent',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
