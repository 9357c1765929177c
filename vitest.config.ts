import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/suite/order.ts'
import { SlowWithoutReason } from './test/suite/reporter.ts'

/** Each has a process of its own: it counts the work of V8, or changes for good whom the process trusts. */
const ALONE = ['test/directory/linear.test.ts', 'test/finesse/linear.test.ts', 'test/xmpp/clients/clients.test.ts']

/** The program that many tests start is put together before all of them, and the database of `npm run test:postgres`. */
const globalSetup = ['test/suite/program.ts', 'test/suite/database.ts']

export default defineConfig({
  test: {
    reporters: ['default', new SlowWithoutReason()],
    sequence: { sequencer: SlowFirst },
    // As many as cores: measured, a third one on two cores gains nothing.
    maxWorkers: '100%',
    // Room for what lives shortly: fewer collections while servers come and go.
    execArgv: ['--min-semi-space-size=32', '--max-semi-space-size=32'],
    // Node's own loader: vite's rewrites each use of an import to a property access, which costs a tenth of the run. With
    // it `vi.mock` and `import.meta.vitest` do not work. No test uses them.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Bounds for what hangs, not expectations of speed: the machine may have other work.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: ALONE, globalSetup },
      },
      {
        // One process for one file after the other: most of the time of a short file was the loading of the product.
        extends: true,
        test: {
          name: 'product',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          globalSetup,
          setupFiles: ['test/suite/left-behind.ts'],
        },
      },
    ],
  },
})
