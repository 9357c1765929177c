/**
 * The wall clock is set, by people and by time services. Whoever measures, waits or lets something expire uses time that
 * runs: the clock that was given, or `performance.now()`. Where the wall clock is right, it stands here with the reason.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const WALL = /\bDate\.now\b|\bnew Date\(\)/

const WHY: Readonly<Record<string, string>> = {
  'src/clock/time-source.ts': 'it is read here, to run beside it',
  'src/tls/certificate.ts': 'peers look at the validity of a certificate by their wall clocks',
  'src/tls/self-signed.ts': 'the same',
  'src/times/zone.ts': 'the offset of the zone today',
  'src/cli/option-values.ts': 'a time that somebody typed, such as "5m ago"',
  'src/inspect/viewer/page/model/link.ts': 'the same, in a page',
  'src/cli/logger.ts': 'lines for people show the time on the wall',
  'src/cli/watch.ts': 'the same',
  'src/cli/explain-command.ts': 'the moment at which somebody asks',
  'src/cli/erase-command.ts': 'the same, for the record',
  'src/inspect/service.ts': 'the latest moment that may be asked for, in a data file without a server',
}

it('the wall clock is read only where somebody looks at a wall', () => {
  const readers = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join('src', name))
    .filter((file) => WALL.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(readers.sort()).toEqual(Object.keys(WHY).sort())
})
