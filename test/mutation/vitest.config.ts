/** One process for all files of a stage, in the order of the stage. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  cacheDir: '.vitest-cache',
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    isolate: false,
    fileParallelism: false,
    maxWorkers: 1,
  },
})
