import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many files wait for browsers, servers and disks: on two cores one worker alone leaves half of the machine idle.
    maxWorkers: '100%',
    // Bounds for what hangs, not expectations of speed: the machine may have other work.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
