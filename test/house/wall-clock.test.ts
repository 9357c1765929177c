/**
 * People and time services set the wall clock. Code that measures, waits or lets something expire therefore uses the
 * injected clock or `performance.now()`. The files that read the wall clock are listed here with the reason.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const WALL = /\bDate\.now\b|\bnew Date\(\)/

const WHY: Readonly<Record<string, string>> = {
  'src/clock/time-source.ts': "the server's clock follows the wall clock",
  'src/tls/certificate.ts': 'peers check the validity of a certificate by their wall clocks',
  'src/tls/self-signed.ts': 'the same',
  'src/times/zone.ts': "today's offset of the zone",
  'src/cli/option-values.ts': 'a time that somebody typed, such as "5m ago"',
  'src/inspect/viewer/page/model/link.ts': 'the same, in a page',
  'src/cli/logger.ts': 'log lines show the wall clock time',
  'src/cli/watch.ts': 'the same',
  'src/cli/explain-command.ts': 'the time of the question',
  'src/cli/erase-command.ts': 'the time of the erasure, for its record',
  'src/inspect/service.ts': 'the latest time that may be requested, for a data file without a server',
}

it('the wall clock is read only in these files', () => {
  const readers = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join('src', name))
    .filter((file) => WALL.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(readers.sort()).toEqual(Object.keys(WHY).sort())
})
