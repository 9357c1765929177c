/**
 * `mrdian record`: makes a scenario for `mrdian simulate` from a data file.
 *
 * Slow, 7 s: every test starts the program, most of them several times. More in `npm run test:whole`.
 */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, parseScenario, simulate } from '../../src/simulate/index.ts'
import { sqliteStore } from '../../src/store/index.ts'
import { isWhole } from '../suite/extent.ts'
import { run, temporary } from './process.ts'

const START = Date.parse('2026-01-05T08:00:00Z')

async function dataFile(): Promise<{ readonly folder: string; readonly data: string }> {
  const folder = await temporary()
  const data = join(folder, 'story.db')
  const scenario = await loadScenario('interrupt')
  await simulate(scenario, { store: sqliteStore(data) })
  return { folder, data }
}

describe('mrdian record', () => {
  it('writes a scenario whose expectations all hold', async () => {
    const { folder, data } = await dataFile()
    const out = join(folder, 'story.yaml')
    const { code, err } = await run(['record', data, '--out', out])
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^mrdian: \d+ actions, \d+ expectations\n$/),
    })
    const { expectations } = await simulate(await loadScenario(out))
    expect(expectations.filter(({ held }) => !held)).toEqual([])
    const again = await run(['record', data, '--out', out])
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('exists already') })
  })

  it.runIf(isWhole)('writes a part of the history to standard output', async () => {
    const { data } = await dataFile()
    const { code, out } = await run(['record', data, '--to', String(START + 600_000)])
    expect(code).toBe(0)
    const { duration } = await parseScenario(out, 'part.yaml')
    expect(duration).toBeLessThanOrEqual(600_000)
    expect(out).not.toContain(data)
  })

  it.runIf(isWhole)('refuses a user that is not in the history', async () => {
    const { data } = await dataFile()
    expect(await run(['record', data, '--users', '4711'])).toMatchObject({
      code: 2,
      err: 'mrdian: no user 4711 is in this part of the journal\n',
    })
  })
})
