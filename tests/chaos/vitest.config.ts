import { defineConfig } from 'vitest/config';

/** Chaos takes minutes to hours, and one round has the machine for itself: it is not among the tests of `npm test`. */
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/chaos/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
