import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/suite/order.ts'
import { SlowWithoutReason } from './test/suite/reporter.ts'

/**
 * They start programs, or step into the test runner or into V8: each gets a process of its own. So does `tls/files`: in the
 * shared process a handshake of it was refused (alert 40) in two whole runs; why is not known.
 */
const PROGRAMS = [
  'test/{cli,crash,mutation,package}/**/*.test.ts',
  'test/inspect/{board/stream,board/viewer,viewer/hostile,viewer/model}.test.ts',
  'test/inspect/diagram/export.test.ts',
  'test/simulate/report/page.test.ts',
  'test/finesse/linear.test.ts',
  'test/store/failing.test.ts',
  'test/tls/files.test.ts',
  'test/sockets/floods.test.ts',
  'test/xmpp/{clients,external}/**/*.test.ts',
  'test/conformance/{kill,sequences/external}.test.ts',
]

export default defineConfig({
  test: {
    reporters: ['default', new SlowWithoutReason()],
    sequence: { sequencer: SlowFirst },
    // As many as cores: measured, a third one on two cores gains nothing.
    maxWorkers: '100%',
    // Room for what lives shortly: fewer collections while servers come and go.
    execArgv: ['--min-semi-space-size=32', '--max-semi-space-size=32'],
    // Bounds for what hangs, not expectations of speed: the machine may have other work.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: { name: 'programs', include: PROGRAMS, globalSetup: ['test/suite/program.ts'] },
      },
      {
        // One process for one file after the other: most of the time of a short file was the loading of the product.
        extends: true,
        test: {
          name: 'product',
          include: ['test/**/*.test.ts'],
          exclude: PROGRAMS,
          isolate: false,
          setupFiles: ['test/suite/left-behind.ts'],
        },
      },
    ],
  },
})
