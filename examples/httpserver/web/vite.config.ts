import { defineConfig } from 'vite';

// The server to develop against: go run ./examples/httpserver
const server = process.env['BULKIMPORT_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  build: {
    target: 'es2022',
    // The policy of the page allows data: for images alone, and a file of its own
    // is cached for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The sizes are of no use where the output has to be compared.
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': server, '/files': server },
  },
});
