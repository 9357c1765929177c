/** Journals of every machine version replay on the current one. If one does not, see golden/README.md. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MACHINE_VERSION } from '../../machines/index.ts'
import { MIGRATIONS } from '../../src/engine/recovery/migrations.ts'
import { replay } from '../../src/history/replay.ts'
import { historyOf, readGolden, writeGolden } from './golden/read.ts'
import { Stage } from './golden/stage.ts'
import { STORIES } from './golden/stories.ts'

const FOLDER = join(import.meta.dirname, 'golden')
const MAX_BYTES = 1024 * 1024

const versions = Array.from({ length: MACHINE_VERSION }, (_, index) => index + 1)
const namesOf = (version: number): readonly string[] => {
  const folder = join(FOLDER, `v${version}`)
  return existsSync(folder) ? readdirSync(folder).sort() : []
}
const pathOf = (version: number, name: string) => join(FOLDER, `v${version}`, name)
const read = (version: number, name: string) => readGolden(readFileSync(pathOf(version, name), 'utf8'))

describe('the sets of golden journals', () => {
  it.each(versions)('have one for machine version %i', (version) => {
    const advice =
      version === MACHINE_VERSION
        ? 'run `node test/history/golden/make.ts` and keep the folders of the older versions'
        : 'the set of an older version is missing: restore it, because it proves the migrations'
    expect(namesOf(version).length, `there are no golden journals v${version}: ${advice}`).toBeGreaterThan(0)
  })

  it('have every story in the current version', () => {
    expect(namesOf(MACHINE_VERSION)).toEqual(STORIES.map(({ name }) => `${name}.jsonl`).sort())
  })

  it('stay small', () => {
    for (const version of versions) {
      const bytes = namesOf(version).map((name) => statSync(pathOf(version, name)).size)
      expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(MAX_BYTES)
    }
  })
})

describe.each(versions)('machine version %i', (version) => {
  it.each(namesOf(version))('%s replays to its stored states', async (name) => {
    const { header, kept } = read(version, name)
    expect(header).toEqual({ golden: name.replace('.jsonl', ''), machineVersion: version })
    const history = historyOf(kept)
    const report = await replay(history)
    expect(report.aggregates.filter(({ difference }) => difference)).toEqual([])
    expect(report).toMatchObject({ rows: kept.rows.length, snapshots: kept.snapshots.length })
    // Every run ended in an orderly way, so the last snapshot of an aggregate is its end.
    for (const { name: aggregate, to } of await history.aggregates())
      expect(kept.snapshots.findLast((each) => each.aggregate === aggregate)?.sequence).toBe(to)
    const wanted = MIGRATIONS.filter(({ from }) => from >= version).map((migration) => migration.name)
    expect(report.lifted).toEqual(wanted)
  })
})

describe('making the set again', () => {
  it.each(STORIES.map((story) => [story.name, story] as const))('%s gives the same file', async (name, story) => {
    const stage = await Stage.open(story.options?.())
    await story.run(stage)
    await stage.close()
    const text = writeGolden({ golden: name, machineVersion: MACHINE_VERSION }, stage)
    const advice = 'the machines or the journal have changed: see test/history/golden/README.md'
    expect(text === readFileSync(pathOf(MACHINE_VERSION, `${name}.jsonl`), 'utf8'), advice).toBe(true)
  })
})
