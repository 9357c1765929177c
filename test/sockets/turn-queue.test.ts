/** Whose turn is next, when more connections come than the layers above can take over. */
import { describe, expect, it } from 'vitest'
import { TurnQueue, type Waiting } from '../../src/sockets/turn-queue.ts'

interface Named extends Waiting {
  readonly name: string
}

const one = (name: string, since: number, source = 'a'): Named => ({ name, since, source })

function taken(queue: TurnQueue<Named>, now: number, count = queue.size): readonly (string | undefined)[] {
  return Array.from({ length: count }, () => queue.take(now)?.name)
}

describe('connections that wait for their turns', () => {
  it('have them in the order of their arrival', () => {
    const queue = new TurnQueue<Named>()
    for (const at of [1, 2, 3]) queue.add(one(`at ${at}`, at))
    expect(taken(queue, 700)).toEqual(['at 1', 'at 2', 'at 3'])
    expect([queue.size, queue.take(700)]).toEqual([0, undefined])
  })

  it('have them after those of the last 300 ms, the newest first, when the next one has waited for 700 ms', () => {
    const queue = new TurnQueue<Named>()
    for (const at of [1, 2, 3, 460, 470]) queue.add(one(`at ${at}`, at))
    expect(taken(queue, 702, 1)).toEqual(['at 460'])
    queue.add(one('at 703', 703))
    expect(taken(queue, 704)).toEqual(['at 470', 'at 703', 'at 3', 'at 2', 'at 1'])
  })

  it('take turns by source, and one that comes too fast makes no other late', () => {
    const queue = new TurnQueue<Named>()
    for (const name of ['a1', 'a2', 'a3']) queue.add(one(name, 0, 'a'))
    for (const name of ['b1', 'b2', 'c1']) queue.add(one(name, 100, name.charAt(0)))
    expect(taken(queue, 750)).toEqual(['a3', 'b1', 'c1', 'a2', 'b2', 'a1'])
  })

  it.each([
    ['in time', 700, 'a', ['b', 'd', 'f']],
    ['late', 701, 'f', ['d', 'b']],
  ])('do not have them when they have ended: %s', (_order, now, first, expected) => {
    const queue = new TurnQueue<Named>()
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => one(name, 0))
    for (const each of all) queue.add(each)
    expect(queue.take(now)?.name).toBe(first)
    for (const each of all) if ('ace'.includes(each.name)) queue.delete(each)
    expect([queue.size, taken(queue, now)]).toEqual([expected.length, expected])
  })

  it('have them when thousands of late ones have ended', () => {
    const queue = new TurnQueue<Named>()
    queue.add(one('first', 0))
    for (let now = 1000; now < 100_000; now += 1000) {
      const all = Array.from({ length: 100 }, () => one('brief', now - 900))
      for (const each of all) queue.add(each)
      queue.add(one('recent', now))
      expect(queue.take(now)?.name).toBe('recent')
      for (const each of all) queue.delete(each)
    }
    expect(taken(queue, 100_000)).toEqual(['first'])
  })
})

/** How long they waited, in turns of others: a flood of one source and honest clients of the same source. */
describe('clients that nothing tells from the others', () => {
  const TURN_MS = 1
  const SECONDS = 20

  it('have their turns after few of a flood of thousands, each of which comes again after its turn', () => {
    const SIZE = 3000
    const AGAIN_MS = 3
    const EVERY_MS = 97
    const queue = new TurnQueue<Named>()
    for (let count = 0; count < SIZE; count += 1) queue.add(one('flood', 0))
    const coming: number[] = []
    const waits: number[] = []
    for (let now = 0; now < 1000 * SECONDS; now += TURN_MS) {
      // The client comes before one of the flood in the same turn, which is the worse case for it.
      if (now % EVERY_MS === 0) queue.add(one('client', now))
      while ((coming[0] ?? Number.POSITIVE_INFINITY) <= now) queue.add(one('flood', coming.shift() ?? now))
      const { name, since } = queue.take(now) ?? one('nobody', now)
      if (name === 'client') waits.push((now - since) / TURN_MS)
      else coming.push(now + AGAIN_MS)
    }
    // All but the first few, which came while all had their turns in the order of their arrival.
    expect(waits.filter((turns) => turns < 500).length).toBeGreaterThanOrEqual((1000 * (SECONDS - 1)) / EVERY_MS)
    expect(queue.size).toBeGreaterThan(SIZE - 500)
  })

  it('have all had their turns, in a crowd that comes at once, after as many turns as it makes connections', () => {
    const CROWD = 3000
    /** A desktop opens its next connection when it has used the one before. */
    const CONNECTIONS = 3
    const queue = new TurnQueue<Named>()
    for (let count = 0; count < CROWD; count += 1) queue.add(one('1', 0))
    let turns = 0
    for (; queue.size > 0; turns += 1) {
      const connection = Number(queue.take(turns * TURN_MS)?.name)
      if (connection < CONNECTIONS) queue.add(one(String(connection + 1), turns * TURN_MS))
    }
    expect(turns).toBe(CROWD * CONNECTIONS)
  })
})
