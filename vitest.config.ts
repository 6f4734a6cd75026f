import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // Only what hangs is meant: on a busy machine the long searches take a minute.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Searches are long and busy: more of them at once than cores would only make each one late.
    pool: 'forks',
    maxWorkers: 2,
  },
})
