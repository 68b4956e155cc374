// SPDX-License-Identifier: Apache-2.0
// Runs all unit tests: *.test.mjs as they are, *.test.ts as esbuild bundles them. The built pages are looked for in
// $WEB_DIST, else in dist/.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const find = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? find(path.join(folder, entry.name)) : [path.join(folder, entry.name)],
  );
const files = find(here);
const written = files.filter((file) => file.endsWith('.test.ts'));
const out = mkdtempSync(path.join(os.tmpdir(), 'aldis-web-test-'));
try {
  await build({
    entryPoints: written,
    outdir: out,
    outbase: here,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // A browser has it always; Node 18 not yet.
    banner: { js: "import { webcrypto } from 'node:crypto';\nglobalThis.crypto ??= webcrypto;" },
  });
  const tests = [...files, ...find(out)].filter((file) => file.endsWith('.test.mjs')).sort();
  const done = spawnSync(process.execPath, ['--test', ...tests], { cwd: path.join(here, '..'), stdio: 'inherit' });
  process.exitCode = done.status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
