// SPDX-License-Identifier: Apache-2.0
// Builds the page into plain files that the console embeds. The output depends on nothing but the sources:
// names carry content hashes, and no inline script, style or data: URL is left for the strict CSP to refuse.
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const console_url = process.env['CONSOLE_URL'] ?? 'http://127.0.0.1:5180';

// The licences of bundled code go out with it by build.license below; this adds those of the fonts.
const fonts = ['inter', 'jetbrains-mono'];
const font_licenses: Plugin = {
  name: 'font-licenses',
  generateBundle() {
    for (const font of fonts) {
      const source = readFileSync(new URL(`node_modules/@fontsource-variable/${font}/LICENSE`, import.meta.url));
      this.emitFile({ type: 'asset', fileName: `assets/${font}-license.txt`, source });
    }
  },
};

export default defineConfig({
  plugins: [react(), font_licenses],
  build: {
    outDir: process.env['OUT_DIR'] ?? 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'assets/licenses.md' },
    reportCompressedSize: false,
  },
  server: {
    // For "npm run dev": the API comes from a console, or from "npm run dev:mock".
    proxy: { '/api': { target: console_url, secure: false, changeOrigin: true } },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test_setup.ts'],
    restoreMocks: true,
    testTimeout: 90_000,
    pool: 'threads',
    maxWorkers: 2,
  },
});
