/**
 * The oracle of the walk over calls: two agents, outside callers, and at most two calls, as a reducer over plain data. It
 * follows `dialog 6` and 13 and shares no code with the machines. Both agents are NOT_READY between the calls, and each
 * has a started e-mail, which calls interrupt (ruling 8).
 */
import type { LegState } from '../../../machines/wire.ts'

/** An agent, or an outside party. */
export type Party = 'a' | 'b' | 'o'
export type Agent = Exclude<Party, 'o'>
export const AGENTS: readonly Agent[] = ['a', 'b']

export interface Leg {
  readonly party: Party
  state: LegState
}

export interface Call {
  /** The legs that have not left. */
  legs: Leg[]
}

export interface World {
  /** The open calls, oldest first. */
  calls: Call[]
}

export type Input =
  | { readonly do: 'comes'; readonly to: Agent }
  | {
      readonly do: 'act'
      readonly by: Agent
      readonly call: number
      readonly action: 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP'
    }
  /** The outside party of a call hangs up. */
  | { readonly do: 'hangsUp'; readonly call: number }
  /** So much time passes that ringing and wrap-up end. */
  | { readonly do: 'waits' }

export const CALLS_MAX = 2

/** Agents who wrap up after incoming calls. */
const WRAPS_UP: readonly Agent[] = ['b']

const isAgent = (party: Party): party is Agent => party !== 'o'
const isConnected = ({ state }: Leg): boolean => state === 'ACTIVE' || state === 'HELD'

export const legOf = (call: Call, party: Party): Leg | undefined => call.legs.find((leg) => leg.party === party)

/** Every input that is worth trying: with each action of each agent on each call, allowed or not. */
export function inputs({ calls }: World): readonly Input[] {
  const comes = calls.length < CALLS_MAX ? AGENTS.map((to) => ({ do: 'comes', to }) as const) : []
  const actions = ['ANSWER', 'HOLD', 'RETRIEVE', 'DROP'] as const
  const ofCalls = calls.flatMap((call, index): Input[] => [
    ...AGENTS.filter((by) => legOf(call, by)).flatMap((by) =>
      actions.map((action) => ({ do: 'act', by, call: index, action }) as const),
    ),
    ...(legOf(call, 'o') ? [{ do: 'hangsUp', call: index } as const] : []),
  ])
  return [...comes, ...ofCalls, { do: 'waits' }]
}

/** The agent or the outside party leaves a call on which it has talked, or has rung. */
function leaves(call: Call, leg: Leg): void {
  const wrapsUp = isConnected(leg) && isAgent(leg.party) && WRAPS_UP.includes(leg.party)
  if (wrapsUp) leg.state = 'WRAP_UP'
  else call.legs = call.legs.filter((each) => each !== leg)
  const present = call.legs.filter(({ state }) => state !== 'WRAP_UP')
  const [last] = present
  if (last && present.length === 1) leaves(call, last) // V4, V9
}

/** An agent has one ACTIVE leg: the other call goes on hold before (our choice, as a telephone does it). */
function connects({ calls }: World, leg: Leg): void {
  for (const call of calls) {
    const other = legOf(call, leg.party)
    if (other?.state === 'ACTIVE') other.state = 'HELD'
  }
  leg.state = 'ACTIVE'
}

function acts(world: World, { by, call: index, action }: Extract<Input, { do: 'act' }>): void {
  const call = world.calls[index]
  const leg = call && legOf(call, by)
  if (!call || !leg) return
  switch (`${action} ${leg.state}`) {
    case 'ANSWER ALERTING':
      connects(world, leg)
      for (const other of call.legs) if (other.state === 'INITIATED') other.state = 'ACTIVE'
      return
    case 'HOLD ACTIVE':
      leg.state = 'HELD'
      return
    case 'RETRIEVE HELD':
      connects(world, leg)
      return
    case 'DROP ACTIVE':
    case 'DROP HELD':
      leaves(call, leg)
      return
    default: // E3: refused, and nothing changes
  }
}

function waits({ calls }: World): void {
  for (const call of calls) {
    call.legs = call.legs.filter(({ state }) => state !== 'WRAP_UP')
    const rings = call.legs.find(({ state }) => state === 'ALERTING')
    if (rings) leaves(call, rings) // V10
  }
}

/** The world after one input. */
export function modelStep(before: World, input: Input): World {
  const world = structuredClone(before)
  const { calls } = world
  if (input.do === 'comes')
    calls.push({
      legs: [
        { party: input.to, state: 'ALERTING' },
        { party: 'o', state: 'INITIATED' },
      ],
    })
  else if (input.do === 'act') acts(world, input)
  else if (input.do === 'waits') waits(world)
  else {
    const call = calls[input.call]
    const caller = call && legOf(call, 'o')
    if (call && caller) leaves(call, caller)
  }
  world.calls = calls.filter(({ legs }) => legs.some(({ party }) => isAgent(party)))
  return world
}

/** What an agent's desktop shows of the user and of the e-mail (`dialog 13`, ruling 8). */
export function shown({ calls }: World, agent: Agent): { readonly user: string; readonly email: string } {
  const states = calls.flatMap((call) => legOf(call, agent)?.state ?? [])
  const email = states.includes('ACTIVE') || states.includes('HELD') ? 'INTERRUPTED' : 'ACTIVE'
  if (states.includes('ACTIVE')) return { user: 'TALKING', email }
  if (states.includes('HELD')) return { user: 'HOLD', email }
  return { user: states.includes('WRAP_UP') ? 'WORK' : 'NOT_READY', email }
}
