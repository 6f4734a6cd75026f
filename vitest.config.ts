import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Searches are long and busy: more of them at once than cores would only make each one late.
    pool: 'forks',
    maxWorkers: 2,
  },
})
