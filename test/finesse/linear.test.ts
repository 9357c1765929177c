/**
 * The work of reading a document, counted and not timed: how often the JavaScript engine runs each block of the reader
 * and of its parser. A document of twice the size and the same shape causes at most twice the work. The count does not
 * see what the engine does in one step. `test/house/expressions.test.ts` checks regular expressions.
 */
import { Session } from 'node:inspector/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRequest } from '../../src/finesse/parse.ts'
import { HOSTILE } from './hostile.ts'

const COUNTED = /\/(?:saxes\/saxes\.js|xmlchars\/.*|src\/finesse\/[\w-]+\.ts)$/

describe('the reader does its work in linear time', () => {
  const session = new Session()
  beforeAll(async () => {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  })
  afterAll(async () => {
    await session.post('Profiler.stopPreciseCoverage')
    session.disconnect()
  })

  /** How many blocks have been run since the last count. */
  async function count(): Promise<number> {
    const { result } = await session.post('Profiler.takePreciseCoverage')
    return result
      .filter(({ url }) => COUNTED.test(url))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map((range) => range.count)))
      .reduce((sum, blocks) => sum + blocks, 0)
  }

  async function workOn(document: string): Promise<number> {
    await count()
    parseRequest(document)
    return count()
  }

  it.each(Object.entries(HOSTILE))('%s', async (_, shape) => {
    const half = await workOn(shape(16 * 1024))
    const whole = await workOn(shape(32 * 1024))
    expect(half).toBeGreaterThan(0)
    expect(whole / half).toBeLessThan(2.2)
  })

  it('counts a block for each character of a text', async () => {
    const text = (size: number) => `<User>${'x'.repeat(size)}</User>`
    const few = await workOn(text(1000))
    const many = await workOn(text(10_000))
    expect(many - few).toBeGreaterThan(9000)
  })
})
