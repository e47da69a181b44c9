import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { InlineConfig } from 'vite'

/** How the pages are built. Nothing is inlined: the content security policy takes scripts and fonts from files alone. */
export const config: InlineConfig = {
  configFile: false,
  root: import.meta.dirname,
  plugins: [react(), tailwind()],
  build: { target: 'es2023', assetsInlineLimit: 0, reportCompressedSize: false, modulePreload: { polyfill: false } },
  logLevel: 'warn'
}
