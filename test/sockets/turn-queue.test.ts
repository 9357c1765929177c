/** Whose turn is next, when more connections come than the layers above can take over. */
import { describe, expect, it } from 'vitest'
import { TurnClock } from '../../src/sockets/turn-clock.ts'
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
    expect(taken(queue, 800)).toEqual(['at 1', 'at 2', 'at 3'])
    expect([queue.size, queue.take(800)]).toEqual([0, undefined])
  })

  it('have them after those of the last 200 ms, the newest first, when the next one has waited for 800 ms', () => {
    const queue = new TurnQueue<Named>()
    for (const at of [1, 2, 3, 760, 770]) queue.add(one(`at ${at}`, at))
    expect(taken(queue, 802, 1)).toEqual(['at 760'])
    queue.add(one('at 803', 803))
    expect(taken(queue, 804)).toEqual(['at 770', 'at 803', 'at 3', 'at 2', 'at 1'])
  })

  it('take turns by source, and one that comes too fast makes no other late', () => {
    const queue = new TurnQueue<Named>()
    for (const name of ['a1', 'a2', 'a3']) queue.add(one(name, 0, 'a'))
    for (const name of ['b1', 'b2', 'c1']) queue.add(one(name, 100, name.charAt(0)))
    expect(taken(queue, 850)).toEqual(['a3', 'b1', 'c1', 'a2', 'b2', 'a1'])
  })

  it.each([
    ['in time', 800, 'a', ['b', 'd', 'f']],
    ['late', 801, 'f', ['d', 'b']],
  ])('do not have them when they have ended: %s', (_order, now, first, expected) => {
    const queue = new TurnQueue<Named>()
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => one(name, 0))
    for (const each of all) queue.add(each)
    expect(queue.take(now)?.name).toBe(first)
    for (const each of all) if ('ace'.includes(each.name)) queue.delete(each)
    expect([queue.size, taken(queue, now)]).toEqual([expected.length, expected])
  })

  it('have one in 50 ms while recent ones have theirs soon, if they are late and most end without a session', () => {
    const queue = new TurnQueue<Named>()
    const ended = (count: number, withSession: boolean) => {
      for (let index = 0; index < count; index += 1) queue.ended('a', withSession)
    }
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) queue.add(one(name, 0))
    queue.add(one('b1', 0, 'b'))
    ended(44, false)
    expect(taken(queue, 801, 2)).toEqual(['a6', 'b1'])
    ended(1, false)
    queue.add(one('soon', 802))
    expect(taken(queue, 850, 2)).toEqual(['soon', undefined])
    expect([taken(queue, 851, 2), taken(queue, 901, 2)]).toEqual([
      ['a5', undefined],
      ['a4', undefined],
    ])
    queue.add(one('not soon', 902))
    expect(taken(queue, 1103, 2)).toEqual(['not soon', undefined])
    expect([taken(queue, 4102, 1), taken(queue, 4103, 2), queue.size]).toEqual([[undefined], ['a3', undefined], 2])
    ended(1, true)
    expect([taken(queue, 4104), queue.size]).toEqual([['a2', 'a1'], 0])
  })

  it('are not late because the event loop stood still', () => {
    const queue = new TurnQueue<Named>()
    let real = 0
    const clock = new TurnClock(() => real)
    for (const name of ['a1', 'a2']) queue.add(one(name, clock.now))
    real = 700
    queue.add(one('a3', clock.now))
    expect([clock.now, taken(queue, clock.now)]).toEqual([50, ['a1', 'a2', 'a3']])
    for (const at of [710, 730, 790]) {
      real = at
      queue.add(one(`at ${clock.now}`, clock.now))
    }
    expect(taken(queue, clock.now)).toEqual(['at 60', 'at 80', 'at 130'])
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

/** How long they wait: a flood of one source and honest clients of the same source, in ms of a clock of the model. */
describe('clients that nothing tells from the others', () => {
  const SIZE = 3000
  const SECONDS = 60
  const EVERY_MS = 97
  /** One of the flood comes again so many ms after its turn. */
  const AGAIN_MS = 3
  /** Before, most of the flood are found to be late. One turn takes a ms. */
  const SETTLED_MS = 10_000

  interface Weather {
    /** Is the flood busy with itself, so that those that come again wait for it? */
    readonly floodStands: (now: number) => boolean
    /** Is the server busy with something else? */
    readonly serverStands: (now: number) => boolean
  }

  /** The longest wait of a client that comes after the beginning, in ms. */
  function longestWait({ floodStands, serverStands }: Weather): number {
    const queue = new TurnQueue<Named>()
    let real = 0
    const clock = new TurnClock(() => real)
    for (let count = 0; count < SIZE; count += 1) queue.add(one('flood', 0))
    const coming: number[] = []
    const clients: number[] = []
    const cameAt = new Map<Named, number>()
    let longest = 0
    for (; real < 1000 * SECONDS; real += 1) {
      if (real % EVERY_MS === 0) clients.push(real)
      if (serverStands(real)) continue
      // The client comes before those of the flood in the same turn, which is the worse case for it.
      for (const at of clients.splice(0)) {
        const client = one('client', clock.now)
        if (at > SETTLED_MS) cameAt.set(client, at)
        queue.add(client)
      }
      if (!floodStands(real))
        for (const _ of coming.splice(0, coming.filter((at) => at <= real).length)) queue.add(one('flood', clock.now))
      const next = queue.take(clock.now)
      if (next === undefined) continue
      const isClient = next.name === 'client'
      queue.ended('a', isClient)
      if (isClient) longest = Math.max(longest, real - (cameAt.get(next) ?? real))
      else coming.push(real + AGAIN_MS)
      cameAt.delete(next)
    }
    return Math.max(longest, ...[...cameAt.values()].map((at) => real - at))
  }

  const never = () => false
  const standing = (every: number, ms: number) => (now: number) => now % every < ms

  it.each([
    ['steadily', { floodStands: never, serverStands: never }],
    ['in bursts', { floodStands: standing(3000, 1200), serverStands: never }],
    ['in short bursts', { floodStands: standing(500, 150), serverStands: standing(1900, 50) }],
    ['while the server stands still now and then', { floodStands: never, serverStands: standing(7900, 700) }],
    [
      'in bursts, while the server stands still',
      { floodStands: standing(3100, 700), serverStands: standing(1900, 400) },
    ],
  ])('have their turns within a second in a flood of thousands, each of which comes again: %s', (_how, weather) => {
    expect(longestWait(weather)).toBeLessThan(1000)
  })

  it('have all had their turns, in a crowd that comes at once, after as many turns as it makes connections', () => {
    const CROWD = 3000
    /** A desktop opens its next connection when it has used the one before. */
    const CONNECTIONS = 3
    const queue = new TurnQueue<Named>()
    for (let count = 0; count < CROWD; count += 1) queue.add(one('1', 0))
    let turns = 0
    for (; queue.size > 0; turns += 1) {
      const connection = Number(queue.take(turns)?.name)
      queue.ended('a', true)
      if (connection < CONNECTIONS) queue.add(one(String(connection + 1), turns))
    }
    expect(turns).toBe(CROWD * CONNECTIONS)
  })
})
