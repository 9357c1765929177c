/**
 * Calls through queues when several things happen in the same tick, in any order, with restarts in between. No agent
 * has two calls, no call waits while an agent is free for it, and when the callers have hung up nothing is left.
 *
 * Slow, 40 s: random orders on whole engines, with restarts.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { replay } from '../../src/history/replay.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { type Bench, bench } from './harness.ts'

const AGENTS = ['1001', '1002', '1004'] as const
/** Agent 1002 gets the calls of both queues. */
const QUEUES = { '701': ['1001', '1002'], '702': ['1002', '1004'] } as const
type Agent = (typeof AGENTS)[number]
type Queue = keyof typeof QUEUES

type Action =
  | { readonly do: 'call'; readonly queue: Queue }
  | { readonly do: 'state'; readonly agent: Agent; readonly state: 'READY' | 'NOT_READY' }
  | { readonly do: 'answer' | 'drop'; readonly agent: Agent }
  | { readonly do: 'hang up'; readonly place: number }
  | { readonly do: 'sign out' | 'sign in'; readonly agent: Agent }
  | { readonly do: 'reload'; readonly without: Agent | '' }

/** What happens in one tick, and the seconds that pass after it. */
interface Tick {
  readonly actions: readonly Action[]
  readonly seconds: number
  readonly restarts: boolean
}

const agent = fc.constantFrom(...AGENTS)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('call'), queue: fc.constantFrom('701', '702') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('state'), agent, state: fc.constantFrom('READY', 'NOT_READY') }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('answer', 'drop'), agent }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hang up'), place: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sign out', 'sign in'), agent }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload'), without: fc.constantFrom('', ...AGENTS) }) },
)
const ticks: fc.Arbitrary<readonly Tick[]> = fc.array(
  fc.record({
    actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    seconds: fc.constantFrom(0, 1, 5, 10, 15, 60),
    restarts: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
  { maxLength: 25 },
)

const calls = (on: Bench): readonly CallDialogValue[] => on.engine.acd?.calls() ?? []
const callOf = (on: Bench, user: Agent) => on.engine.get.dialogs(user, 'voice')?.[0]?.id ?? '16777216'

/** Aggregates whose replay has another state than the store. */
async function differingIn({ history }: ReturnType<typeof memoryStore>): Promise<number> {
  if (!history) throw new Error('the store keeps no history')
  return (await replay(history)).differing
}

/** The members of each queue, as the last reload left them. */
type Members = Readonly<Record<Queue, readonly Agent[]>>

const withMembers = (on: Bench, members: Members) => ({
  ...on.directory,
  queues: (on.directory.queues ?? []).map((queue) => ({
    ...queue,
    agents: queue.id === '701' ? members['701'] : members['702'],
    timeoutSeconds: 100,
  })),
})

class Centre {
  on: Bench
  store: ReturnType<typeof memoryStore>
  members: Members = QUEUES

  constructor(on: Bench, store: ReturnType<typeof memoryStore>) {
    this.on = on
    this.store = store
  }

  async begins(): Promise<void> {
    await this.on.engine.reload(withMembers(this.on, this.members))
    for (const user of AGENTS) await this.on.command({ type: 'user.signIn', user, extension: user })
  }

  async takes(given: Action): Promise<void> {
    const { on } = this
    switch (given.do) {
      case 'call':
        await on.engine.acd?.submitCall({ from: '5550100', queue: given.queue })
        return
      case 'state':
        await on.command({ type: 'user.setState', user: given.agent, state: given.state })
        return
      case 'answer':
      case 'drop': {
        const { agent: user } = given
        const kind = given.do === 'answer' ? 'ANSWER' : 'DROP'
        await on.command({ type: 'call.act', user, dialog: callOf(on, user), action: kind, targetMediaAddress: user })
        return
      }
      case 'hang up': {
        const id = calls(on)[given.place]?.id
        if (id !== undefined) await on.engine.acd?.hangUp(id).catch(() => undefined)
        return
      }
      case 'sign out':
        await on.command({ type: 'user.setState', user: given.agent, state: 'LOGOUT', by: 'supervisor' })
        return
      case 'sign in':
        await on.command({ type: 'user.signIn', user: given.agent, extension: given.agent })
        return
      case 'reload': {
        const without = (queue: Queue) => QUEUES[queue].filter((user) => user !== given.without)
        this.members = { '701': without('701'), '702': without('702') }
        await on.engine.reload(withMembers(on, this.members))
      }
    }
  }

  async restarts(): Promise<void> {
    const before = JSON.stringify(calls(this.on))
    this.store = this.store.reopen()
    this.on = await this.on.restart({ directory: withMembers(this.on, this.members), store: this.store })
    expect(JSON.stringify(calls(this.on))).toBe(before)
  }
}

function expectSound({ on, members }: Centre): void {
  for (const call of calls(on)) {
    const outcome = call.queue?.outcome
    const parties = call.participants.filter(({ user }) => user !== undefined)
    expect(parties.length, `${call.id} ${outcome}`).toBe(outcome === 'WAITING' ? 0 : 1)
    if (outcome === 'RINGING') expect(parties[0]?.state).toBe('ALERTING')
  }
  for (const user of AGENTS) {
    const own = on.engine.get.dialogs(user, 'voice') ?? []
    expect(own.length, `calls of ${user}`).toBeLessThanOrEqual(2)
    const rings = own.filter(({ state }) => state === 'ALERTING')
    expect(rings.length, `calls that ring at ${user}`).toBeLessThanOrEqual(1)
    if (on.engine.get.user(user)?.state !== 'READY') continue
    expect(own, `calls of ${user}, who is READY`).toEqual([])
    const meant = calls(on).filter(({ queue }) => queue?.outcome === 'WAITING')
    const lost = meant.filter(({ queue }) => members[queue?.number === '701' ? '701' : '702'].includes(user))
    expect(
      lost.map(({ id }) => id),
      `wait although ${user} is READY`,
    ).toEqual([])
  }
}

it('is sound in every order, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(ticks, async (plan) => {
      const store = memoryStore({ id: 'test', keep: 'history' })
      const centre = new Centre(await bench({ store }), store)
      await centre.begins()
      for (const { actions, seconds, restarts } of plan) {
        await Promise.all(actions.map((each) => centre.takes(each)))
        expectSound(centre)
        if (restarts) await centre.restarts()
        await centre.on.clock.advance(seconds * 1000)
        expectSound(centre)
      }
      const { on } = centre
      for (const { id } of calls(on)) await on.engine.acd?.hangUp(id)
      await on.clock.advance(600_000)
      expect(calls(on)).toEqual([])
      expect(on.engine.get.voiceQueues().map(({ waiting, ringing }) => waiting + ringing)).toEqual([0, 0])
      for (const user of AGENTS) expect(['LOGOUT', 'NOT_READY', 'READY']).toContain(on.engine.get.user(user)?.state)
      expect(on.engine.figures.failedInputs).toBe(0)
      expect(await differingIn(centre.store), 'aggregates that replay otherwise').toBe(0)
      await on.engine.close()
    }),
    { numRuns: 25 },
  )
}, 120_000)
