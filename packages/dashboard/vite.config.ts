import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind()],
  build: { target: 'es2023', assetsInlineLimit: 0, reportCompressedSize: false, sourcemap: false },
  logLevel: 'warn'
})
