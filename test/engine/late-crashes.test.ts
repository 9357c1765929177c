/**
 * A process dies at random moments while its store, which answers later, owes answers. The store has kept the first few
 * of the batches that it owes an answer for. All choices come from seeds.
 *
 * Slow, 3 s: 48 starts of an engine.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/api.ts'
import type { OutboxRow, Publication } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { Dice } from '../simulation/dice.ts'
import { answering, LateStore, silent } from './late-store.ts'

const USERS = ['1001', '1002', '1003'] as const
const STATES = ['READY', 'NOT_READY'] as const
const LIVES = 8

/** What all processes on one store did. */
class Campaign {
  readonly dice: Dice
  store = new LateStore()
  now = virtualClock().now()
  /** Ids of the commands that were accepted. */
  readonly accepted: string[] = []
  /** By item id: what was sent, each time. */
  readonly sent = new Map<string, string[]>()
  readonly wrong: string[] = []
  /** Deaths while the store owed answers for batches of which it had kept some, and not all. */
  halves = 0
  /** Batches that earlier processes have written. */
  readonly #before: LateStore['kept'] = []
  readonly #rows = new Map<string, OutboxRow>()
  /** Numbers of the rows that a kept batch says are delivered. */
  readonly #delivered = new Set<number>()
  /** Number of kept batches of which `#rows` and `#delivered` know. */
  #seen = 0
  #requests = 0
  /** The state that each command asks for. */
  readonly #asked = new Map<string, string>()

  constructor(seed: number) {
    this.dice = new Dice(seed, 'late crashes')
  }

  get kept(): LateStore['kept'] {
    return [...this.#before, ...this.store.kept]
  }

  /** All rows of the outbox that were ever kept, by item id. */
  get rows(): ReadonlyMap<string, OutboxRow> {
    for (const { outbox, delivered } of this.kept.slice(this.#seen)) {
      for (const row of outbox) this.#rows.set(`test-${row.number}`, row)
      for (const number of delivered) this.#delivered.add(number)
      this.#seen += 1
    }
    return this.#rows
  }

  /** Begins a random command and does not wait for its answer. */
  ask(engine: Engine): void {
    const user = this.dice.of(...USERS)
    this.#requests += 1
    const request = `command ${this.#requests}`
    const state = this.dice.of(...STATES)
    this.#asked.set(request, state)
    engine.command({ type: 'user.setState', user, state }, { via: 'api', request }).then(
      ({ accepted }) => accepted && this.accepted.push(request),
      () => undefined,
    )
  }

  /** A service that accepts a notification after some turns. It hears nothing of a process that is dead. */
  service(clock: VirtualClock, life: { isOver: boolean }) {
    const here = new Set<string>()
    const last = new Map<string, number>()
    const publish = async ({ itemId, lane, notification }: Publication): Promise<void> => {
      if (life.isOver) return new Promise(() => undefined)
      const row = this.rows.get(itemId)
      if (!row) this.wrong.push(`${itemId} was sent and is not kept`)
      if (row && this.#delivered.has(row.number))
        this.wrong.push(`${itemId} was sent although the store knows that it was delivered`)
      if (here.has(itemId)) this.wrong.push(`${itemId} was sent twice by one process`)
      if (row && row.number < (last.get(lane) ?? 0)) this.wrong.push(`${itemId} was sent too late in ${lane}`)
      here.add(itemId)
      last.set(lane, row?.number ?? 0)
      this.sent.set(itemId, [...(this.sent.get(itemId) ?? []), JSON.stringify(notification)])
      for (let turn = this.dice.below(6); turn > 0; turn -= 1) await new Promise<void>((done) => clock.soon(done))
    }
    return { publish }
  }

  /** The process ends with what it has under way. The store has kept `kept` of the batches without an answer. */
  async die(clock: VirtualClock, kept: number): Promise<void> {
    const owed = this.store.owed.length
    await this.store.keep(kept, [])
    if (kept > 0 && kept < owed) this.halves += 1
    this.#before.push(...this.store.kept)
    this.now = clock.now() + 1000
    this.store = this.store.reopen()
  }

  /** The journal has all that was accepted, and agents are in the state that it says. */
  check(engine: Engine): void {
    const rows = this.kept.flatMap(({ journal }) => journal)
    const written = new Set(rows.map(({ origin }) => origin?.request))
    for (const request of this.accepted)
      if (!written.has(request)) this.wrong.push(`${request} was accepted and is not kept`)
    for (const user of USERS) {
      const own = rows.filter(({ aggregate, origin }) => aggregate === `user/${user}` && origin?.request !== undefined)
      const asked = this.#asked.get(own.at(-1)?.origin?.request ?? '') ?? 'NOT_READY'
      const state = engine.get.user(user)?.state
      if (state !== asked) this.wrong.push(`${user} is ${state}, the last command was ${asked}`)
    }
  }
}

/** One process: it starts on what is kept, works, and dies, or if `isLast` comes to an end of its work. */
async function live(campaign: Campaign, isFirst: boolean, isLast: boolean): Promise<void> {
  const { dice, store } = campaign
  const clock = virtualClock(campaign.now)
  const life = { isOver: false }
  answering(store)
  const starting = createEngine({ store, clock, serves: ['A'] })
  await clock.settle()
  const engine = await starting
  engine.adapters.attach('A', campaign.service(clock, life))
  const present = USERS.map((user) =>
    engine.adapters.presence({ user, side: 'A', session: `${user}@test`, available: true }),
  )
  if (isFirst) for (const user of USERS) void engine.command({ type: 'user.signIn', user, extension: user })
  await clock.settle()
  await Promise.all(present)
  campaign.check(engine)
  if (isLast) {
    await clock.advance(1000)
    await engine.close()
    return
  }
  silent(store)
  for (let step = dice.below(25) + 5; step > 0; step -= 1) {
    if (dice.below(3) > 0) campaign.ask(engine)
    for (let turn = dice.below(3); turn > 0; turn -= 1) await new Promise<void>((done) => clock.soon(done))
    if (dice.below(4) === 0) await store.keep(dice.below(store.owed.length + 1))
  }
  life.isOver = true
  await campaign.die(clock, dice.below(store.owed.length + 1))
}

describe('a process that dies while its store owes answers', () => {
  it('has lost nothing that it accepted, and the next one sends under the same item ids what may not have come', async () => {
    let [halves, repeated] = [0, 0]
    for (let seed = 1; seed <= 6; seed += 1) {
      const campaign = new Campaign(seed)
      for (let count = 1; count <= LIVES; count += 1) await live(campaign, count === 1, count === LIVES)
      expect([seed, campaign.wrong]).toEqual([seed, []])
      const sent = [...campaign.sent]
      expect(sent.filter(([, texts]) => new Set(texts).size > 1)).toEqual([])
      expect(new Set(campaign.sent.keys())).toEqual(new Set(campaign.rows.keys()))
      expect((await campaign.store.reopen().load()).outbox).toEqual([])
      halves += campaign.halves
      repeated += sent.filter(([, texts]) => texts.length > 1).length
    }
    expect(halves).toBeGreaterThan(5)
    expect(repeated).toBeGreaterThan(5)
  })
})
