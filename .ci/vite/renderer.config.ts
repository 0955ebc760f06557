import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The window. Relative addresses, so that it works under any origin; no inlined assets, so that a strict CSP lets them in. */
export default defineConfig({
  root: at('renderer'),
  base: './',
  logLevel: 'warn',
  plugins: [react()],
  build: {
    target: 'chrome140',
    outDir: at('out/renderer'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
