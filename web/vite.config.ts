// SPDX-License-Identifier: Apache-2.0
// The result is embedded in aldisd. Its content security policy allows no inline script or style and no
// other host, so nothing here may produce one: no polyfill, no inlined assets, no source maps.
import { defineConfig } from 'vite';

// `ALDIS_CONSOLE=http://127.0.0.1:8700 npm run dev` develops against a running desk.
const desk = process.env.ALDIS_CONSOLE ?? 'http://127.0.0.1:8700';

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: 'es2021',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        // A page in a folder is called by the folder.
        chunkFileNames: ({ facadeModuleId }) =>
          `assets/${/\/pages\/([^/]+)\/index/.exec(facadeModuleId ?? '')?.[1] ?? '[name]'}-[hash].js`,
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: {
      '/api': {
        target: desk,
        changeOrigin: true,
        headers: { origin: desk },
      },
    },
  },
});
