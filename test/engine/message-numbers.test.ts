/**
 * Nothing that was said long ago makes a new message a duplicate: not the numbers of messages between aggregates, and
 * not the events that a user remembers. More in `npm run test:whole`.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Envelope, MessageNumbers, mayHaveReceived } from '../../src/engine/aggregate/message-numbers.ts'
import { scriptedAcd } from '../../src/testing/scripted-acd.ts'
import { isWhole } from '../suite/extent.ts'
import { type Bench, bench } from './harness.ts'

const QUEUE = 'voice-queue/701'
const CALLER = '5550100'
/** More calls than an aggregate keeps the numbers of. */
const MANY = 300

/** Messages between one queue and calls, delivered at once. */
class Exchange {
  #numbers = new Map<string, MessageNumbers>()

  /** Sends so many messages in one step. Returns the ones that were not delivered. */
  says(from: string, to: string, count: number): readonly Envelope[] {
    const outputs = Array.from({ length: count }, () => {
      return { type: 'send', to, body: { type: 'queueRemoved' } } as const
    })
    this.#of(from).count(outputs)
    const sent = this.#of(from).route(from, outputs)
    return sent.filter(({ input }) => {
      const isNew = this.#of(to).isNew(input)
      this.#of(to).take(input)
      return !isNew || this.#of(to).isNew(input)
    })
  }

  restarts(): void {
    this.#numbers = new Map([...this.#numbers].map(([id, each]) => [id, new MessageNumbers(each.toJson())]))
  }

  #of(id: string): MessageNumbers {
    const known = this.#numbers.get(id) ?? new MessageNumbers()
    this.#numbers.set(id, known)
    return known
  }
}

const step = fc.record({
  call: fc.nat(2),
  fromQueue: fc.boolean(),
  count: fc.integer({ min: 1, max: 3 }),
  /** Other calls that come and go afterwards. */
  others: fc.constantFrom(0, 0, 1, MANY),
  restarts: fc.boolean(),
})

describe('a message between aggregates', () => {
  it.runIf(isWhole)('is new once, however many calls came and went since the last one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (plan) => {
        const on = new Exchange()
        let ever = 0
        for (const { call, fromQueue, count, others, restarts } of plan) {
          const [from, to] = fromQueue ? [QUEUE, `call/${call}`] : [`call/${call}`, QUEUE]
          expect(on.says(from, to, count)).toEqual([])
          for (let each = 0; each < others; each += 1, ever += 1) {
            expect(on.says(`call/other-${ever}`, QUEUE, 1)).toEqual([])
            expect(on.says(QUEUE, `call/other-${ever}`, 2)).toEqual([])
          }
          if (restarts) on.restarts()
        }
      }),
    )
  })

  it('is known by its number, also beside many agents, until too many calls came', () => {
    const numbers = new MessageNumbers()
    const take = (from: string, number: number) =>
      numbers.take({ kind: 'message', from, number, body: { type: 'queueRemoved' } })
    for (let agent = 0; agent < MANY; agent += 1) take(`user/${agent}`, 1)
    take('call/1', 2)
    const received = () => numbers.toJson().received
    expect([1, 2, 3].map((number) => mayHaveReceived(received(), { from: 'call/1', number }))).toEqual([
      true,
      true,
      false,
    ])
    expect(mayHaveReceived(received(), { from: 'call/2', number: 1 })).toBe(false)
    for (let other = 0; other < MANY; other += 1) take(`call/other-${other}`, 1)
    expect(mayHaveReceived(received(), { from: 'call/1', number: 3 })).toBe(true)
    expect(mayHaveReceived(received(), { from: 'user/none', number: 1 })).toBe(false)
  })
})

/** Calls that come to this extension or queue and give up at once. */
async function manyCalls(on: Bench, to: { readonly to: string } | { readonly queue: string }): Promise<void> {
  for (let each = 0; each < MANY; each += 1) {
    const { id = '' } = (await on.engine.acd?.submitCall({ from: CALLER, ...to })) ?? {}
    await on.engine.acd?.hangUp(id)
  }
}

describe('a call that goes on for a long time', () => {
  it('rings at another agent after its queue had many others', async () => {
    const on = await bench()
    const ready = async (user: string) => {
      await on.command({ type: 'user.signIn', user, extension: user })
      await on.command({ type: 'user.setState', user, state: 'READY' })
    }
    await ready('1001')
    const call = await on.engine.acd?.submitCall({ from: CALLER, queue: '701' })
    // While it rings at the first agent, the others ring at the second one.
    await ready('1002')
    await manyCalls(on, { queue: '701' })
    expect(on.engine.get.user('1002')?.state).toBe('READY')
    await on.clock.advance(15_000)
    expect(on.engine.get.user('1002')?.state).toBe('RESERVED')
    expect(on.engine.acd?.call(call?.id ?? '')?.queue?.outcome).toBe('RINGING')
  })

  it('is heard by its agent, and hears the agent, after the agent had many others', async () => {
    const on = await bench()
    const act = (dialog: string, action: 'ANSWER' | 'HOLD' | 'RETRIEVE') =>
      on.command({ type: 'call.act', user: '1001', dialog, action, targetMediaAddress: '1001' })
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const first = (await on.engine.acd?.submitCall({ from: CALLER, to: '1001' }))?.id ?? ''
    await act(first, 'ANSWER')
    const second = (await on.engine.acd?.submitCall({ from: CALLER, to: '1001' }))?.id ?? ''
    // Each answer and each retrieval says to the other call that the agent talks elsewhere.
    await act(second, 'ANSWER')
    await act(first, 'RETRIEVE')
    await manyCalls(on, { to: '1001' })
    await act(second, 'RETRIEVE')
    const states = [first, second].map((id) => on.engine.acd?.call(id)?.participants[0]?.state)
    expect(states).toEqual(['HELD', 'ACTIVE'])
    expect(on.engine.figures.failedInputs).toBe(0)
  })
})

describe('an offer of an external ACD', () => {
  it('that is repeated makes no second dialog, however many others came since', async () => {
    const on = await bench({ acd: scriptedAcd() })
    await on.ready('1001', '5002')
    const offers = (offer: string) =>
      on.engine.acdEvents.offer('1001', offer, { id: offer, mrd: '5002', scriptSelector: 'chat_sales', variables: [] })
    await offers('first')
    const dialogs = () => (on.engine.get.dialogs('1001', 'nonvoice') ?? []).map(({ id }) => id)
    const [first = ''] = dialogs()
    await on.act(first, 'ACCEPT')
    for (let each = 0; each < MANY; each += 1) {
      await offers(`other-${each}`)
      const other = dialogs().find((id) => id !== first) ?? ''
      await on.act(other, 'ACCEPT')
      await on.act(other, 'CLOSE')
    }
    await offers('first')
    expect(dialogs()).toEqual([first])
  })
})
