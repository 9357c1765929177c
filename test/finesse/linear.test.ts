/**
 * How much work a document is, counted and not timed: how often each block of the reader and of its parser is run, as the
 * JavaScript engine tells. Twice as much of the same shape is at most twice the work. What is not counted is what the
 * engine does in one step; expressions are looked at in `test/house/expressions.test.ts`.
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

  /** Blocks run since the last count. */
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

  it('counts what it is meant to count', async () => {
    const text = (size: number) => `<User>${'x'.repeat(size)}</User>`
    const few = await workOn(text(1000))
    const many = await workOn(text(10_000))
    expect(many - few).toBeGreaterThan(9000)
  })
})
