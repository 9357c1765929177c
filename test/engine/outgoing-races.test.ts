/**
 * Calls that agents make, transfer and join, also to a queue, when several things happen in the same tick, in any order,
 * with restarts in between. No agent talks on two calls, the agent state fits the calls, and when everybody has hung up
 * nothing is left.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { replay } from '../../src/history/replay.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { type Bench, bench } from './harness.ts'

const AGENTS = ['1001', '1002', '1004'] as const
type Agent = (typeof AGENTS)[number]

/** Numbers outside: each answers in its own way. */
const OUTSIDE = {
  '55501': { outcome: 'answer', ringSeconds: 5, talkSeconds: 10 },
  '55502': { outcome: 'busy' },
  '55503': { outcome: 'bad-number' },
  '55504': { outcome: 'no-answer' },
  '55505': { outcome: 'answer', ringSeconds: 0, talkSeconds: null },
} as const

type Action =
  | { readonly do: 'call' | 'consult' | 'transfer'; readonly agent: Agent; readonly to: string }
  | { readonly do: 'TRANSFER' | 'CONFERENCE'; readonly agent: Agent; readonly place: number }
  | { readonly do: 'ANSWER' | 'DROP' | 'HOLD' | 'RETRIEVE'; readonly agent: Agent; readonly place: number }
  | { readonly do: 'arrive'; readonly agent: Agent }
  | { readonly do: 'hang up'; readonly place: number }
  | { readonly do: 'state'; readonly agent: Agent; readonly state: 'READY' | 'NOT_READY' }
  | { readonly do: 'sign out' | 'sign in'; readonly agent: Agent }

interface Tick {
  readonly actions: readonly Action[]
  readonly seconds: number
  readonly restarts: boolean
}

const agent = fc.constantFrom(...AGENTS)
/** The number of a queue, of which the first two are agents. */
const QUEUE = '8000'
const number = fc.constantFrom(...AGENTS, ...Object.keys(OUTSIDE), QUEUE, QUEUE, QUEUE)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('call', 'consult', 'transfer'), agent, to: number }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('TRANSFER', 'CONFERENCE'), agent, place: fc.nat(2) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('ANSWER', 'DROP', 'HOLD', 'RETRIEVE'), agent, place: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('arrive'), agent }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hang up'), place: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('state'), agent, state: fc.constantFrom('READY', 'NOT_READY') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sign out', 'sign in'), agent }) },
)
const ticks: fc.Arbitrary<readonly Tick[]> = fc.array(
  fc.record({
    actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    seconds: fc.constantFrom(0, 1, 5, 15, 31),
    restarts: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
  { maxLength: 15 },
)

const calls = (on: Bench): readonly CallDialogValue[] => on.engine.acd?.calls() ?? []
const dialogsOf = (on: Bench, user: Agent) => on.engine.get.dialogs(user, 'voice') ?? []

async function takes(on: Bench, given: Action): Promise<void> {
  switch (given.do) {
    case 'call':
      await on.command({ type: 'call.make', user: given.agent, fromAddress: given.agent, toAddress: given.to })
      return
    case 'consult':
    case 'transfer': {
      const { agent: user, to: toAddress } = given
      const type = given.do === 'consult' ? 'call.consult' : 'call.transferTo'
      const active = calls(on).find((call) =>
        call.participants.some((party) => party.user === user && party.state === 'ACTIVE'),
      )
      if (active) await on.command({ type, user, dialog: active.id, targetMediaAddress: user, toAddress })
      return
    }
    case 'TRANSFER':
    case 'CONFERENCE': {
      const { agent: user, do: how, place } = given
      const dialog = dialogsOf(on, user)[place]?.id
      if (dialog !== undefined)
        await on.command({ type: 'call.join', user, dialog, action: how, targetMediaAddress: user })
      return
    }
    case 'arrive':
      await on.engine.acd?.submitCall({ from: '5550100', to: given.agent })
      return
    case 'hang up': {
      const id = calls(on)[given.place]?.id
      if (id !== undefined) await on.engine.acd?.hangUp(id).catch(() => undefined)
      return
    }
    case 'state':
      await on.command({ type: 'user.setState', user: given.agent, state: given.state })
      return
    case 'sign out':
      await on.command({ type: 'user.setState', user: given.agent, state: 'LOGOUT', by: 'supervisor' })
      return
    case 'sign in':
      await on.command({ type: 'user.signIn', user: given.agent, extension: given.agent })
      return
    default: {
      const { agent: user, do: kind, place } = given
      const dialog = dialogsOf(on, user)[place]?.id
      if (dialog !== undefined)
        await on.command({ type: 'call.act', user, dialog, action: kind, targetMediaAddress: user })
    }
  }
}

function expectSound(on: Bench): void {
  for (const user of AGENTS) {
    const legs = calls(on).flatMap(({ participants }) => participants.filter((party) => party.user === user))
    const states = legs.map(({ state }) => state).filter((state) => state !== 'DROPPED')
    expect(states.filter((state) => state === 'ACTIVE').length, `${user} talks`).toBeLessThanOrEqual(1)
    const { state } = on.engine.get.user(user) ?? {}
    const isBusy = states.some((each) => each !== 'ALERTING')
    if (state === 'READY' || state === 'NOT_READY')
      expect(
        states.filter((each) => each !== 'ALERTING'),
        user,
      ).toEqual([])
    if (state === 'TALKING' || state === 'HOLD') expect(isBusy, `${user} ${state}: ${states}`).toBe(true)
    expect(dialogsOf(on, user).length, `calls that ${user} sees`).toBe(states.length)
  }
}

it('are sound in every order, and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(ticks, async (plan) => {
      let store = memoryStore({ id: 'test', keep: 'history' })
      let on = await bench({ store })
      await on.engine.acd?.changeNetwork({ numbers: OUTSIDE })
      for (const user of AGENTS) await on.command({ type: 'user.signIn', user, extension: user })
      for (const { actions, seconds, restarts } of plan) {
        await Promise.all(actions.map((each) => takes(on, each)))
        expectSound(on)
        if (restarts) {
          const before = JSON.stringify(calls(on))
          store = store.reopen()
          on = await on.restart({ store })
          expect(JSON.stringify(calls(on))).toBe(before)
        }
        await on.clock.advance(seconds * 1000)
        expectSound(on)
      }
      for (const user of AGENTS) await on.command({ type: 'user.setState', user, state: 'NOT_READY' })
      for (let round = 0; round < 4; round += 1) {
        for (const { id } of calls(on)) await on.engine.acd?.hangUp(id).catch(() => undefined)
        for (const user of AGENTS)
          for (const { id: dialog } of dialogsOf(on, user))
            await on.command({ type: 'call.act', user, dialog, action: 'DROP', targetMediaAddress: user })
      }
      await on.clock.advance(300_000)
      expect(calls(on)).toEqual([])
      expect(on.engine.get.voiceQueues()).toMatchObject([
        { waiting: 0, ringing: 0 },
        { waiting: 0, ringing: 0 },
      ])
      for (const user of AGENTS) expect(['LOGOUT', 'NOT_READY', 'READY']).toContain(on.engine.get.user(user)?.state)
      expect(on.engine.figures.failedInputs).toBe(0)
      const { history } = store
      expect(history && (await replay(history)).differing, 'aggregates that replay otherwise').toBe(0)
      await on.engine.close()
    }),
    { numRuns: 15 },
  )
}, 120_000)
