/** Snapshots, ended aggregates, and the retention of the journal. */

import { describe, expect, it } from 'vitest'
import { InvalidArgument } from '../../src/errors/index.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { every } from '../store/rows.ts'
import { bench } from './harness.ts'

const HOUR = 3_600_000
const SIGN_IN = { type: 'user.signIn', user: '1001', extension: '1001' } as const
const setState = (state: 'READY' | 'NOT_READY' | 'LOGOUT') => ({ type: 'user.setState', user: '1001', state }) as const

describe('snapshots', () => {
  it('are written for an aggregate without inputs for a minute, so that the next start replays nothing', async () => {
    const on = await bench()
    await on.command(SIGN_IN)
    expect((await on.store.load()).tail.map(({ aggregate }) => aggregate)).toContain('user/1001')
    await on.clock.advance(61_000)
    expect((await on.store.load()).tail).toEqual([])
    expect(on.engine.figures.snapshots).toBeGreaterThan(0)
    expect((await on.restart()).engine.get.user('1001')?.state).toBe('NOT_READY')
  })

  it('are written for a busy aggregate after a number of inputs', async () => {
    const on = await bench()
    await on.clock.advance(61_000)
    await on.command(SIGN_IN)
    for (let n = 0; n < 100; n += 1) await on.command(setState(n % 2 === 0 ? 'READY' : 'NOT_READY'))
    const tail = (await on.store.load()).tail.filter(({ aggregate }) => aggregate === 'user/1001')
    expect(tail.length).toBeLessThan(64)
  })
})

describe('an ended aggregate', () => {
  it('a call that is over is not loaded at the next start', async () => {
    const on = await bench()
    await on.command(SIGN_IN)
    await on.command(setState('READY'))
    const { id = '' } = (await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })) ?? {}
    await on.engine.acd?.hangUp(id)
    const { snapshots, tail } = await on.store.load()
    expect([...snapshots, ...tail].map(({ aggregate }) => aggregate)).not.toContain(`call/${id}`)
    const again = await on.restart()
    expect(again.engine.acd?.calls()).toEqual([])
    // Its id is not used again.
    const next = await again.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    expect(next?.id).toBe(String(Number(id) + 1))
  })
})

describe('retention of the journal', () => {
  const start = async (journal: number) => {
    const clock = virtualClock()
    const store = memoryStore({ id: 'test', keep: 'history' })
    const { history } = store
    if (!history) throw new Error('no history is kept')
    const engine = await createEngine({ clock, store, retention: { journal } })
    await engine.command(SIGN_IN)
    const { id = '' } = (await engine.acd?.submitCall({ from: '5550100', to: '1001' })) ?? {}
    await engine.acd?.hangUp(id)
    const first = clock.now()
    await clock.advance(2 * HOUR)
    await engine.command(setState('READY'))
    const oldest = async () => (await every(history.all(0)))[0]?.at ?? Number.POSITIVE_INFINITY
    return { clock, store, history, engine, first, oldest, call: `call/${id}` }
  }

  it('deletes older rows; later moments can be replayed, and a start does not need the deleted rows', async () => {
    const { clock, store, history, engine, first, oldest, call } = await start(HOUR)
    await clock.advance(2 * HOUR)
    expect(await oldest()).toBeGreaterThan(first)
    expect(await history.aggregate(call)).toBeUndefined()
    expect(await history.snapshot('user/1001', clock.now() - HOUR)).toBeDefined()
    await engine.close()
    const again = await createEngine({ clock, store: store.reopen() })
    expect(again.get.user('1001')?.state).toBe('READY')
  })

  it('keeps younger rows, and all rows if it is infinite', async () => {
    const short = await start(100 * HOUR)
    await short.clock.advance(2 * HOUR)
    expect(await short.oldest()).toBeLessThanOrEqual(short.first)
    const endless = await start(Number.POSITIVE_INFINITY)
    await endless.clock.advance(1000 * HOUR)
    expect(await endless.oldest()).toBeLessThanOrEqual(endless.first)
  })

  describe('a start whose clock is further ahead than the retention', () => {
    /** A process that has ended, and another one whose clock shows 400 days later. */
    const ahead = async () => {
      const { clock, store, engine, first } = await start(100 * HOUR)
      await engine.close()
      const lines: unknown[] = []
      const log = { warn: (about: object, text: string) => void lines.push([about, text]), error: () => undefined }
      const life = async (at: number, from: typeof store) => {
        const next = from.reopen()
        const wall = virtualClock(at)
        const again = await createEngine({ clock: wall, store: next, retention: { journal: 100 * HOUR }, log })
        const oldest = async () => (await every(next.history?.all(0) ?? []))[0]?.at ?? Number.POSITIVE_INFINITY
        return { wall, next, again, oldest }
      }
      return { now: clock.now(), first, lines, life, far: await life(clock.now() + 400 * 24 * HOUR, store) }
    }

    it('deletes nothing for a day, and logs that; if the clock is corrected, nothing is lost', async () => {
      const { now, first, lines, life, far } = await ahead()
      await far.wall.advance(24 * HOUR - 1)
      expect([await far.oldest(), lines]).toEqual([
        first,
        [
          [
            { seconds: 400 * 86_400, waitsSeconds: 86_400 },
            expect.stringMatching(/^the clock is further ahead of the last entry of the journal than the retention/),
          ],
        ],
      ])
      await far.again.close()
      const right = await life(now + 1000, far.next)
      await right.wall.advance(HOUR)
      expect(await right.oldest()).toBe(first)
      await right.again.close()
    })

    it('deletes after a day', async () => {
      const { first, far } = await ahead()
      await far.wall.advance(25 * HOUR)
      expect(await far.oldest()).toBeGreaterThan(first)
      await far.again.close()
    })

    it('makes the next start delete at once, because the journal has rows of this time', async () => {
      const { first, lines, life, far } = await ahead()
      await far.again.command(setState('NOT_READY'))
      await far.again.close()
      const next = await life(far.wall.now() + 1000, far.next)
      await next.wall.advance(HOUR)
      expect(await next.oldest()).toBeGreaterThan(first)
      expect(lines).toHaveLength(1)
      await next.again.close()
    })
  })

  it('a negative retention is refused', async () => {
    await expect(createEngine({ retention: { journal: -1 } })).rejects.toThrow(InvalidArgument)
  })
})
