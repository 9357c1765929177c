/**
 * Calls to the extensions of agents when two things happen in the same tick, and in any order with restarts in between:
 * each pair has one outcome, the state of an agent fits the legs, and nothing is left behind.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory, WrapUpMode } from '../../src/directory/model.ts'
import type { Answer, Command } from '../../src/engine/commands.ts'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { replay } from '../../src/history/replay.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { type Bench, bench } from './harness.ts'

const CALLER = '5550100'
const AGENTS = ['1001', '1002', '1004'] as const
type Agent = (typeof AGENTS)[number]

/** Each agent wraps up in another way. */
const WRAP_UP: Readonly<Record<Agent, WrapUpMode>> = {
  '1001': 'NOT_ALLOWED',
  '1002': 'REQUIRED',
  '1004': 'REQUIRED_WITH_WRAP_UP_DATA',
}

const { directory: sample } = await loadDirectory()
const directory: Directory = {
  ...sample,
  users: sample.users.map((user) => {
    const agent = AGENTS.find((each) => each === user.id)
    return agent ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: WRAP_UP[agent] } } : user
  }),
}

const act = (user: Agent, dialog: string, action: 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP'): Command => ({
  type: 'call.act',
  user,
  dialog,
  action,
  targetMediaAddress: user,
})
const state = (user: Agent, name: 'READY' | 'NOT_READY' | 'LOGOUT', by?: 'supervisor'): Command => ({
  type: 'user.setState',
  user,
  state: name,
  ...(by ? { by } : {}),
})
const reason = (user: Agent, dialog: string, wrapUpReason: string): Command => ({
  type: 'call.setData',
  user,
  dialog,
  variables: [],
  wrapUpReason,
})

const calls = (on: Bench): readonly CallDialogValue[] => on.engine.acd?.calls() ?? []
const legOf = (call: CallDialogValue, user: string) => call.participants.find((party) => party.user === user)?.state

// ------------------------------------------------------------------------------------------------ pairs

/** What is done in one tick: a command of the agent, or the caller of the first call hangs up. */
type Doing = 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP' | 'hang up' | 'READY' | 'NOT_READY' | 'signed out' | 'reason'

class Place {
  readonly on: Bench
  readonly user: Agent
  call = ''

  constructor(on: Bench, user: Agent) {
    this.on = on
    this.user = user
  }

  async does(what: Doing): Promise<unknown> {
    const { on, user, call } = this
    if (what === 'hang up') return on.engine.acd?.hangUp(call).catch(() => undefined)
    if (what === 'reason') return on.command(reason(user, call, 'Sold'))
    if (what === 'signed out') return on.command(state(user, 'LOGOUT', 'supervisor'))
    if (what === 'READY' || what === 'NOT_READY') return on.command(state(user, what))
    return on.command(act(user, call, what))
  }

  /** State, legs, and what was refused. */
  get outcome(): string {
    const { on, user } = this
    const shown = on.engine.get.user(user)
    const pending = shown?.pendingState ? ` -> ${shown.pendingState}` : ''
    const errors = on.news().filter((line) => line.startsWith('error'))
    const refused = errors.map((line) => ` ${line.split(' ')[1]}`).join('')
    return `${shown?.state}${pending} [${calls(on).map((each) => legOf(each, user))}]${refused}`
  }
}

/** The agent, who was READY, and a call in this state. */
async function placed(user: Agent, from: 'ringing' | 'talking' | 'held' | 'wrap-up'): Promise<Place> {
  const place = new Place(await bench({ directory }), user)
  const { on } = place
  await on.command({ type: 'user.signIn', user, extension: user })
  await on.command(state(user, 'READY'))
  place.call = (await on.engine.acd?.submitCall({ from: CALLER, to: user }))?.id ?? ''
  if (from !== 'ringing') await place.does('ANSWER')
  if (from === 'held') await place.does('HOLD')
  if (from === 'wrap-up') await place.does('hang up')
  on.news()
  return place
}

const E3 = 'INVALID_CALL_ACTION'
const NO_REASON = 'WRAP_UP_DATA_REQUIRED'

/** First, second, the outcome, and that of the other order. */
const PAIRS: readonly (readonly [Agent, Parameters<typeof placed>[1], Doing, Doing, string, string])[] = [
  ['1001', 'ringing', 'ANSWER', 'hang up', 'READY []', `READY [] ${E3}`],
  ['1001', 'ringing', 'ANSWER', 'ANSWER', `TALKING [ACTIVE] ${E3}`, `TALKING [ACTIVE] ${E3}`],
  ['1001', 'ringing', 'ANSWER', 'DROP', 'READY []', `TALKING [ACTIVE] ${E3}`],
  ['1001', 'ringing', 'ANSWER', 'NOT_READY', 'TALKING -> NOT_READY [ACTIVE]', 'TALKING -> NOT_READY [ACTIVE]'],
  ['1001', 'ringing', 'ANSWER', 'signed out', 'TALKING -> LOGOUT [ACTIVE]', `LOGOUT [] ${E3}`],
  ['1001', 'ringing', 'hang up', 'signed out', 'LOGOUT []', 'LOGOUT []'],
  ['1001', 'talking', 'DROP', 'hang up', 'READY []', `READY [] ${E3}`],
  ['1001', 'talking', 'DROP', 'DROP', `READY [] ${E3}`, `READY [] ${E3}`],
  ['1001', 'talking', 'HOLD', 'hang up', 'READY []', `READY [] ${E3}`],
  ['1001', 'talking', 'HOLD', 'DROP', 'READY []', `READY [] ${E3}`],
  ['1001', 'talking', 'NOT_READY', 'hang up', 'NOT_READY []', 'NOT_READY []'],
  ['1001', 'talking', 'signed out', 'hang up', 'LOGOUT []', 'LOGOUT []'],
  ['1001', 'talking', 'signed out', 'READY', 'TALKING -> READY [ACTIVE]', 'TALKING -> LOGOUT [ACTIVE]'],
  ['1001', 'held', 'RETRIEVE', 'DROP', 'READY []', `READY [] ${E3}`],
  ['1001', 'held', 'RETRIEVE', 'hang up', 'READY []', `READY [] ${E3}`],
  ['1001', 'held', 'RETRIEVE', 'RETRIEVE', `TALKING [ACTIVE] ${E3}`, `TALKING [ACTIVE] ${E3}`],
  ['1002', 'talking', 'DROP', 'hang up', 'WORK_READY [WRAP_UP]', `WORK_READY [WRAP_UP] ${E3}`],
  ['1002', 'talking', 'DROP', 'READY', 'READY []', 'WORK_READY -> READY [WRAP_UP]'],
  ['1002', 'talking', 'DROP', 'signed out', 'LOGOUT []', 'LOGOUT []'],
  ['1002', 'wrap-up', 'READY', 'reason', `READY [] ${E3}`, 'READY []'],
  ['1002', 'wrap-up', 'READY', 'NOT_READY', 'NOT_READY []', 'READY []'],
  ['1002', 'wrap-up', 'READY', 'signed out', 'LOGOUT []', 'LOGOUT [] INVALID_USER_STATE'],
  ['1004', 'wrap-up', 'READY', 'reason', `WORK_READY [WRAP_UP] ${NO_REASON}`, 'READY []'],
  ['1004', 'wrap-up', 'NOT_READY', 'signed out', `LOGOUT [] ${NO_REASON}`, 'LOGOUT [] NOT_READY_WHILE_SIGNED_OUT'],
  ['1004', 'wrap-up', 'reason', 'signed out', 'LOGOUT []', `LOGOUT [] ${E3}`],
]

describe('two in one tick', () => {
  it.each(PAIRS)('%s, %s: %s and %s', async (user, from, one, other, forth, back) => {
    for (const [order, outcome] of [
      [[one, other], forth],
      [[other, one], back],
    ] as const) {
      const place = await placed(user, from)
      await Promise.all(order.map((each) => place.does(each)))
      expect(place.outcome, order.join(', ')).toBe(outcome)
      await place.does('hang up')
      await place.on.clock.advance(600_000)
      expect(calls(place.on)).toEqual([])
      expect(place.on.engine.figures.failedInputs).toBe(0)
    }
  })

  it('an answer to each of two calls: the first one is on hold', async () => {
    const place = await placed('1001', 'ringing')
    const { on } = place
    const second = (await on.engine.acd?.submitCall({ from: CALLER, to: '1001' }))?.id ?? ''
    await Promise.all([place.does('ANSWER'), on.command(act('1001', second, 'ANSWER'))])
    expect(place.outcome).toBe('TALKING [HELD,ACTIVE]')
  })
})

// ------------------------------------------------------------------------------------------------ any order

type Action =
  | { readonly do: 'call' | 'sign in' | 'sign out' | 'signed out' | 'reason'; readonly agent: Agent }
  | { readonly do: 'act'; readonly agent: Agent; readonly action: Parameters<typeof act>[2]; readonly place: number }
  | { readonly do: 'state'; readonly agent: Agent; readonly state: 'READY' | 'NOT_READY' }
  | { readonly do: 'hang up'; readonly place: number }

const agent = fc.constantFrom(...AGENTS)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('call'), agent }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('act'),
      agent,
      action: fc.constantFrom('ANSWER', 'ANSWER', 'HOLD', 'RETRIEVE', 'DROP'),
      place: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('state'), agent, state: fc.constantFrom('READY', 'NOT_READY') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hang up'), place: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('sign in', 'sign out', 'signed out', 'reason'), agent }) },
)
const ticks = fc.array(
  fc.record({
    actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    seconds: fc.constantFrom(0, 1, 10, 30, 60),
    restarts: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
  { maxLength: 25 },
)

/** The states that the legs of an agent lead to. */
function fitting(legs: readonly (string | undefined)[]): readonly string[] {
  if (legs.includes('ACTIVE')) return ['TALKING', 'LOGOUT']
  if (legs.includes('HELD')) return ['HOLD', 'LOGOUT']
  if (legs.includes('WRAP_UP')) return ['WORK', 'WORK_READY']
  if (legs.includes('ALERTING')) return ['RESERVED', 'NOT_READY']
  return ['READY', 'NOT_READY', 'LOGOUT']
}

class Centre {
  on: Bench
  store: ReturnType<typeof memoryStore>
  /** Dialogs that an agent was told of and that are not over: agent and call. */
  readonly told = new Set<string>()
  readonly wrong: string[] = []

  constructor(on: Bench, store: ReturnType<typeof memoryStore>) {
    this.on = on
    this.store = store
    this.#listen()
  }

  async takes(given: Action): Promise<Answer | undefined> {
    const { on } = this
    if (given.do === 'hang up') {
      const id = calls(on)[given.place]?.id
      if (id !== undefined) await on.engine.acd?.hangUp(id).catch(() => undefined)
      return undefined
    }
    const { agent: user } = given
    const own = on.engine.get.dialogs(user, 'voice') ?? []
    switch (given.do) {
      case 'call':
        await on.engine.acd?.submitCall({ from: CALLER, to: user })
        return undefined
      case 'act':
        return on.command(act(user, own[given.place]?.id ?? '16777216', given.action))
      case 'reason':
        return on.command(reason(user, own[0]?.id ?? '16777216', 'Sold'))
      case 'state':
        return on.command(state(user, given.state))
      case 'sign out':
        return on.command(state(user, 'LOGOUT'))
      case 'signed out':
        return on.command(state(user, 'LOGOUT', 'supervisor'))
      case 'sign in':
        return on.command({ type: 'user.signIn', user, extension: user })
    }
  }

  async restarts(): Promise<void> {
    const before = JSON.stringify(calls(this.on))
    this.store = this.store.reopen()
    this.on = await this.on.restart({ directory, store: this.store })
    expect(JSON.stringify(calls(this.on))).toBe(before)
    this.#listen()
  }

  expectSound(): void {
    const { on } = this
    for (const user of AGENTS) {
      const own = (on.engine.get.dialogs(user, 'voice') ?? []).flatMap((each) => (each.kind === 'call' ? [each] : []))
      const legs = own.map((each) => legOf(each, user))
      const shown = on.engine.get.user(user)?.state
      expect(fitting(legs), `${user} is ${shown} with ${legs}`).toContain(shown)
      expect(legs.filter((leg) => leg === 'ACTIVE').length, `active calls of ${user}`).toBeLessThanOrEqual(1)
      const told = [...this.told].filter((each) => each.startsWith(`${user} `)).sort()
      expect(told, `what ${user} was told`).toEqual(own.map(({ id }) => `${user} ${id}`).sort())
    }
    for (const { id, participants } of calls(on))
      expect(
        participants.some((leg) => leg.state !== 'DROPPED'),
        `call ${id} is over and there`,
      ).toBe(true)
    expect(this.wrong).toEqual([])
  }

  /** The order of what agents are told of a call: POST first, DELETE last, and nothing after it. */
  #listen(): void {
    this.on.engine.on('notification', ({ node, event, value }) => {
      if (value.kind !== 'call') return
      const key = `${node.split('/')[4]} ${value.id}`
      const isNew = event === 'POST'
      if (this.told.has(key) === isNew) this.wrong.push(`${event} ${key}`)
      if (event === 'DELETE') this.told.delete(key)
      else this.told.add(key)
    })
  }
}

it('any order is sound, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(ticks, async (plan) => {
      const store = memoryStore({ id: 'test', keep: 'history' })
      const centre = new Centre(await bench({ store, directory }), store)
      for (const user of AGENTS) await centre.on.command({ type: 'user.signIn', user, extension: user })
      for (const { actions, seconds, restarts } of plan) {
        await Promise.all(actions.map((each) => centre.takes(each)))
        centre.expectSound()
        if (restarts) await centre.restarts()
        await centre.on.clock.advance(seconds * 1000)
        centre.expectSound()
      }
      const { on } = centre
      for (const { id } of calls(on)) await on.engine.acd?.hangUp(id).catch(() => undefined)
      await on.clock.advance(600_000)
      centre.expectSound()
      expect(calls(on)).toEqual([])
      expect([...centre.told]).toEqual([])
      expect(on.engine.figures.failedInputs).toBe(0)
      const { history } = centre.store
      expect(history && (await replay(history)).differing, 'aggregates that replay otherwise').toBe(0)
      await on.engine.close()
    }),
    { numRuns: 15 },
  )
}, 120_000)
