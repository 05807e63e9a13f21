import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take graphql's `module` build where Node takes its `main`: two copies, which do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/chaos/**'],
    setupFiles: ['tests/support/close-spare-engines.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
