/**
 * Which side acts for an agent (`media 13`, ruling 37), over REST and XMPP: every pair of settings on two sides, in
 * both orders of the sign-ins, with presence on one side, on both or on none, and after a move and a move back, with
 * every event that a side handles for the agent. `model.ts` has the expected results.
 *
 * Slow, 15 s: each event meets agents with a third of the sign-ins in each of seven histories, all with work of their
 * own. Another third in each history, so that each sign-in meets each event and each presence. `npm run test:whole` takes all.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Side } from '../../../machines/wire.ts'
import { some } from '../../suite/extent.ts'
import type { Oracle, Settings, Step } from './model.ts'
import { Acting, type ActingAgent, type Story } from './stage.ts'

const SIDES = ['A', 'B'] as const
const other = (side: Side): Side => (side === 'A' ? 'B' : 'A')

const ACCEPTS: Settings = { limit: 4, interrupt: 'ACCEPT', logout: 'TRANSFER' }
const IGNORES: Settings = { limit: 3, interrupt: 'IGNORE', logout: 'CLOSE' }
const ANY = [undefined, ACCEPTS, IGNORES]

const comes = (side: Side): Step => ({ does: 'comes', side })
const goes = (side: Side): Step => ({ does: 'goes', side })

/** Presence: before the sign-ins, and after there is work. */
const PRESENCE: Readonly<Record<string, readonly [readonly Step[], readonly Step[]]>> = {
  nowhere: [[], []],
  'at A': [[comes('A')], []],
  'at B': [[comes('B')], []],
  'at A, then B': [[comes('A'), comes('B')], []],
  'at B, then A': [[comes('B'), comes('A')], []],
  'at A, moved to B': [[comes('A')], [comes('B')]],
  'at A, moved to B and back': [[comes('A')], [comes('B'), goes('B')]],
}

/** Every pair of settings, with both orders of the sign-ins if the order matters. */
function signIns(): readonly (readonly Step[])[] {
  const signsIn = (side: Side, settings: Settings | undefined): readonly Step[] =>
    settings ? [{ does: 'signs in', side, settings }] : []
  return ANY.flatMap((atA) =>
    ANY.flatMap((atB) => {
      const steps = [...signsIn('A', atA), ...signsIn('B', atB)]
      if (steps.length === 0) return []
      return steps.length === 1 || atA === atB ? [steps] : [steps, steps.toReversed()]
    }),
  )
}

const named = (steps: readonly Step[]) =>
  steps
    .flatMap((step) => (step.does === 'signs in' ? `${step.settings.interrupt} on ${step.side}` : []))
    .join(', then ')

/** `turn`: which sixth of the sign-ins `npm test` takes. */
const storiesOf = ([there, moves]: readonly [readonly Step[], readonly Step[]], turn: number): readonly Story[] =>
  some(signIns(), 6, turn).map((steps) => ({
    name: named(steps),
    comes: there,
    signIns: [{ does: 'signs in to voice', side: 'A' }, ...steps],
    moves,
  }))

/** The values that a side shows: the common state and its own settings. */
function line(oracle: Oracle, side: Side, state: string, routable: boolean): string {
  const { limit, interrupt, logout } = oracle.shows(side)
  return `${state} ${routable ? 'routable' : 'not routable'}: ${limit} ${interrupt} ${logout} true`
}

/** The same values on both sides, but 503 on the side `down`. In the work state no agent is routable. */
function lines(oracle: Oracle, state: string, routable: boolean, down?: Side): readonly string[] {
  const works = oracle.waits && state !== 'LOGOUT'
  const isRoutable = routable && !oracle.waits && state !== 'WORK_NOT_READY'
  return SIDES.map((side) => (side === down ? '503' : line(oracle, side, works ? 'WORK_NOT_READY' : state, isRoutable)))
}

const seen = (agent: ActingAgent) => Promise.all(SIDES.map((side) => agent.shown(side)))

interface Event {
  /** True if the agent works on the dialog, false if it is offered. */
  readonly isActive: boolean
  readonly happens: (stage: Acting, agents: readonly ActingAgent[]) => Promise<readonly unknown[]>
  readonly expected: (oracle: Oracle) => unknown
}

const all = <T>(agents: readonly ActingAgent[], of: (agent: ActingAgent) => Promise<T>) => Promise.all(agents.map(of))

/** What becomes of a task at a sign-out (S3, P5). */
const atSignOut = ({ settings, acting }: Oracle, down?: Side) =>
  settings.logout === 'CLOSE' ? 'handled' : acting === down ? 'lost' : 'resubmitted'

const linkLost = (side: Side): Event => ({
  isActive: false,
  async happens(stage, agents) {
    await stage.link(side, false)
    const during = await all(agents, seen)
    await stage.startTimeout()
    const tasks = await all(agents, (agent) => agent.task())
    await stage.link(side, true)
    const after = await all(agents, seen)
    return agents.map((_, at) => [during[at], tasks[at], after[at]])
  },
  expected: (oracle) => {
    const isActing = oracle.acting === side
    const during = lines(oracle, isActing ? 'WORK_NOT_READY' : 'RESERVED', true, side)
    return [during, isActing ? 'lost' : 'resubmitted', lines(oracle, 'READY', false)]
  },
})

const signOutWithout = (side: Side): Event => ({
  isActive: true,
  async happens(stage, agents) {
    await stage.link(side, false)
    await all(agents, (agent) => agent.signsOut(other(side)))
    const tasks = await all(agents, (agent) => agent.task())
    await stage.link(side, true)
    return tasks
  },
  expected: (oracle) => atSignOut(oracle, side),
})

const EVENTS: Readonly<Record<string, Event>> = {
  'an interrupt is answered': {
    isActive: true,
    async happens(_, agents) {
      await all(agents, (agent) => agent.talks())
      return all(agents, seen)
    },
    expected: (oracle) => lines(oracle, oracle.settings.interrupt === 'ACCEPT' ? 'INTERRUPTED' : 'ACTIVE', true),
  },
  'a sign-out ends the dialogs': {
    isActive: true,
    async happens(_, agents) {
      await all(agents, (agent) => agent.signsOut('A'))
      return all(agents, async (agent) => [await agent.task(), await seen(agent)])
    },
    expected: (oracle) => [atSignOut(oracle), lines(oracle, 'LOGOUT', true)],
  },
  'the Start Timeout resubmits': {
    isActive: false,
    async happens(stage, agents) {
      await stage.startTimeout()
      return all(agents, async (agent) => [await agent.task(), await seen(agent)])
    },
    expected: (oracle) => ['resubmitted', lines(oracle, 'READY', false)],
  },
  'tasks come up to the limit': {
    isActive: true,
    happens: (_, agents) => all(agents, (agent) => agent.capacity()),
    expected: ({ settings, waits }) => (waits ? 1 : settings.limit),
  },
  'side A loses its link': linkLost('A'),
  'side B loses its link': linkLost('B'),
  'side A has no link at a sign-out': signOutWithout('A'),
  'side B has no link at a sign-out': signOutWithout('B'),
}

describe('by the acting side (media 13, ruling 37)', () => {
  let stage: Acting
  beforeAll(async () => {
    stage = await Acting.start(signIns().length)
  })
  afterAll(() => stage.close())

  describe.each(Object.entries(EVENTS).map((each, turn) => [...each, turn] as const))('%s', (_, event, eventTurn) => {
    const { isActive, happens, expected } = event
    let agents: readonly ActingAgent[] = []
    afterEach(() => stage.clear(agents))

    const presences = Object.entries(PRESENCE).map((each, turn) => [...each, turn] as const)
    it.each(presences)('with presence %s, for all settings', async (_where, presence, turn) => {
      agents = await stage.agents(storiesOf(presence, eventTurn + turn))
      await all(agents, (agent) => agent.works(isActive))
      const happened = await happens(stage, agents)
      const byStory = (of: (agent: ActingAgent, at: number) => unknown) =>
        Object.fromEntries(agents.map((agent, at) => [agent.story.name, of(agent, at)]))
      expect(byStory((_agent, at) => happened[at])).toEqual(byStory(({ oracle }) => expected(oracle)))
    })
  })
})
