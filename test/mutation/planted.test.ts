/** The planted faults can still be planted, and only the row tests run for them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { afterAll, describe, expect, it } from 'vitest'
import { type Change, mutated } from './mutant.ts'
import { changeOf, plant } from './plant.ts'
import { PLANTED } from './planted.ts'
import { WarmProcess } from './warm/pool.ts'

const ROOT = join(import.meta.dirname, '..', '..')

describe('planted faults', () => {
  it.each(PLANTED.map((fault) => [fault.name, fault] as const))('can be planted: %s', (_, fault) => {
    const change = changeOf(ROOT, fault)
    const before = readFileSync(join(ROOT, fault.file), 'utf8')
    const after = mutated(before, change)
    expect(after).not.toBe(before)
    expect(() => parseAst(after, { lang: 'ts' })).not.toThrow()
  })

  it('have different names', () => {
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length)
  })

  it('lead to an error if they cannot be planted', () => {
    const [fault] = PLANTED
    if (!fault) throw new Error('there are no planted faults')
    expect(() => changeOf(ROOT, { ...fault, was: 'what nobody wrote' })).toThrow('cannot be planted')
    expect(() => changeOf(ROOT, { ...fault, was: 'import' })).toThrow('does not have this once')
  })

  it('that the rows notice are counted', async () => {
    const [first, second, third] = PLANTED
    if (!first || !second || !third) throw new Error('there are no planted faults')
    const said: string[] = []
    const asked: (readonly [string, readonly string[]])[] = []
    const stages = {
      run: (stage: string, { text }: Change, rows: readonly string[] = []) => {
        asked.push([stage, rows])
        const noticed = text === first.is || (stage === 'rows' && text === third.is)
        return Promise.resolve(noticed ? { check: 'a row', detail: '' } : undefined)
      },
    }
    const count = await plant(stages, [first, second, third], { root: ROOT, say: (line) => said.push(line) })
    expect(count).toBe(2)
    expect(said).toEqual([
      `noticed: ${first.name}\n  by a row`,
      `NOT NOTICED: ${second.name}`,
      `noticed: ${third.name}\n  by a row`,
      '2 of 3 planted faults are noticed by the rows',
    ])
    // All rows run only if those that the fault names do not notice it.
    expect(asked).toEqual([
      ['beside', first.rows],
      ['beside', second.rows],
      ['rows', []],
      ['beside', third.rows],
      ['rows', []],
    ])
  })
})

describe('the rows', () => {
  const warm = new WarmProcess(ROOT)
  afterAll(() => warm.stop())

  it('notice a planted fault, and pass without it', async () => {
    const fault = PLANTED.find(({ name }) => name.startsWith('error texts: a refused Media request'))
    if (!fault) throw new Error('there is no such fault')
    const { file } = fault
    const check = (text: string) => warm.check({ stage: 'beside', file, text, rows: fault.rows, skip: [], all: false })
    const text = readFileSync(join(ROOT, file), 'utf8')
    expect(await check(text)).toEqual([])
    const [noticed] = await check(mutated(text, changeOf(ROOT, fault)))
    expect(noticed?.check).toContain('while not signed in, every request but LOGIN is refused with code 6')
  })
})
