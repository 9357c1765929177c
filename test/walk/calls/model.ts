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
  /** The agent wraps up after this call: agent b after calls that came. */
  readonly wrapsUp: boolean
}

export interface Call {
  /** The legs that have not left. */
  legs: Leg[]
  /** Of a conference: the agent who may add parties; `''` after that agent has left (V87). */
  controller?: Agent | ''
}

export interface World {
  /** The open calls, oldest first. */
  calls: Call[]
}

const ACTIONS = ['ANSWER', 'HOLD', 'RETRIEVE', 'DROP', 'TRANSFER', 'CONFERENCE', 'PARTICIPANT_DROP'] as const

export type Input =
  | { readonly do: 'comes'; readonly to: Agent }
  /** The agent calls the other one. */
  | { readonly do: 'makes'; readonly by: Agent }
  /** The agent consults the other one during a call. */
  | { readonly do: 'consults'; readonly by: Agent; readonly call: number }
  /** The agent transfers the call to the other one at once. */
  | { readonly do: 'sendsOn'; readonly by: Agent; readonly call: number }
  /** PARTICIPANT_DROP is about the other agent. */
  | { readonly do: 'act'; readonly by: Agent; readonly call: number; readonly action: (typeof ACTIONS)[number] }
  /** The outside party of a call hangs up; the first, if there are two. */
  | { readonly do: 'hangsUp'; readonly call: number }
  /** So much time passes that ringing, failed attempts and wrap-up end. */
  | { readonly do: 'waits' }

export const CALLS_MAX = 2

const isAgent = (party: Party): party is Agent => party !== 'o'
const otherThan = (agent: Agent): Agent => (agent === 'a' ? 'b' : 'a')
const isConnected = ({ state }: Leg): boolean => state === 'ACTIVE' || state === 'HELD'
const comesTo = (party: Agent): Leg => ({ party, state: 'ALERTING', wrapsUp: party === 'b' })

export const legOf = (call: Call, party: Party): Leg | undefined => call.legs.find((leg) => leg.party === party)

/** Every input that is worth trying: with each action of each agent on each call, allowed or not. */
export function inputs({ calls }: World): readonly Input[] {
  const isRoom = calls.length < CALLS_MAX
  const news = isRoom
    ? AGENTS.flatMap(
        (agent) =>
          [
            { do: 'comes', to: agent },
            { do: 'makes', by: agent },
          ] as const,
      )
    : []
  const ofCalls = calls.flatMap((call, index): Input[] => [
    ...AGENTS.filter((by) => legOf(call, by)).flatMap((by): Input[] => [
      ...ACTIONS.map((action) => ({ do: 'act', by, call: index, action }) as const),
      { do: 'sendsOn', by, call: index },
      ...(isRoom ? [{ do: 'consults', by, call: index } as const] : []),
    ]),
    ...(legOf(call, 'o') ? [{ do: 'hangsUp', call: index } as const] : []),
  ])
  return [...news, ...ofCalls, { do: 'waits' }]
}

/** A party leaves a call on which it has talked, or has rung. */
function leaves(call: Call, leg: Leg): void {
  if (isConnected(leg) && leg.wrapsUp) leg.state = 'WRAP_UP'
  else call.legs = call.legs.filter((each) => each !== leg)
  if (call.controller === leg.party) call.controller = ''
  const present = call.legs.filter(({ state }) => state !== 'WRAP_UP')
  const [last] = present
  if (last && present.length === 1) leaves(call, last) // V4, V9, V85
}

/** An agent has one ACTIVE leg: the other call goes on hold before (our choice, as a telephone does it). */
function connects({ calls }: World, leg: Leg): void {
  for (const call of calls) {
    const other = isAgent(leg.party) ? legOf(call, leg.party) : undefined
    if (other?.state === 'ACTIVE') other.state = 'HELD'
  }
  leg.state = 'ACTIVE'
}

/** The call of this agent that is active beside another one, or rings at the other party (V55). */
const activeBeside = ({ calls }: World, call: Call, agent: Agent): Call | undefined =>
  calls.find((each) => each !== call && ['ACTIVE', 'INITIATED'].includes(legOf(each, agent)?.state ?? ''))

/** May this agent add parties to the call (V82)? */
const controls = ({ controller }: Call, agent: Agent): boolean => controller === undefined || controller === agent

/** TRANSFER and CONFERENCE on the held call: the parties of the other one come to it, and that one ends (V60, V80). */
function joins(world: World, call: Call, by: Agent, how: 'TRANSFER' | 'CONFERENCE'): void {
  const own = legOf(call, by)
  const other = activeBeside(world, call, by)
  if (own?.state !== 'HELD' || !other) return // E3, or 400 without any active call
  if (how === 'CONFERENCE' && !(controls(call, by) && controls(other, by))) return // V82
  const come = other.legs.filter(({ party }) => party !== by)
  if (come.every(({ state }) => state === 'WRAP_UP')) return // nobody to join
  if (come.some(({ party }) => isAgent(party) && legOf(call, party))) return // one agent is on both
  world.calls = world.calls.filter((each) => each !== other)
  call.legs.push(...come)
  const controller = call.controller ?? other.controller
  if (how === 'CONFERENCE') {
    own.state = 'ACTIVE'
    call.controller = controller ?? by
  } else {
    if (controller !== undefined) call.controller = controller
    leaves(call, own)
  }
}

function acts(world: World, { by, call: index, action }: Extract<Input, { do: 'act' }>): void {
  const call = world.calls[index]
  const leg = call && legOf(call, by)
  if (!call || !leg) return
  if (action === 'TRANSFER' || action === 'CONFERENCE') return joins(world, call, by, action)
  if (action === 'PARTICIPANT_DROP') {
    const other = legOf(call, otherThan(by))
    const isThere = other && other.state !== 'WRAP_UP'
    if (isConnected(leg) && call.controller !== undefined && isThere) leaves(call, other) // V86
    return
  }
  switch (`${action} ${leg.state}`) {
    case 'ANSWER ALERTING':
      connects(world, leg)
      for (const other of call.legs) if (other.state === 'INITIATED') connects(world, other)
      return
    case 'HOLD ACTIVE':
      leg.state = 'HELD'
      return
    case 'RETRIEVE HELD':
      connects(world, leg)
      return
    case 'DROP INITIATED':
    case 'DROP ACTIVE':
    case 'DROP HELD':
      leaves(call, leg)
      return
    default: // E3: refused, and nothing changes
  }
}

const calls = (by: Agent): Call => ({
  legs: [{ party: by, state: 'INITIATED', wrapsUp: false }, comesTo(otherThan(by))],
})

function consults(world: World, { by, call: index }: Extract<Input, { do: 'consults' }>): void {
  const call = world.calls[index]
  const leg = call && legOf(call, by)
  if (!call || leg?.state !== 'ACTIVE' || !controls(call, by)) return
  leg.state = 'HELD'
  world.calls.push(calls(by))
}

/** Single-step transfer: the agent leaves when it rings at the other one (V70 to V72). */
function sendsOn({ calls }: World, { by, call: index }: Extract<Input, { do: 'sendsOn' }>): void {
  const call = calls[index]
  const leg = call && legOf(call, by)
  const target = otherThan(by)
  if (!call || leg?.state !== 'ACTIVE' || legOf(call, target)) return
  call.legs.push(comesTo(target))
  leaves(call, leg)
}

function waits({ calls }: World): void {
  for (const call of calls) {
    call.legs = call.legs.filter(({ state }) => state !== 'WRAP_UP')
    for (const leg of call.legs.filter(({ state }) => state === 'ALERTING'))
      if (call.legs.includes(leg)) leaves(call, leg) // V10
    call.legs = call.legs.filter(({ state }) => state !== 'WRAP_UP')
  }
}

/** The world after one input. */
export function modelStep(before: World, input: Input): World {
  const world = structuredClone(before)
  switch (input.do) {
    case 'comes':
      world.calls.push({ legs: [comesTo(input.to), { party: 'o', state: 'INITIATED', wrapsUp: false }] })
      break
    case 'makes':
      if (!world.calls.some((call) => legOf(call, input.by))) world.calls.push(calls(input.by)) // V32
      break
    case 'consults':
      consults(world, input)
      break
    case 'sendsOn':
      sendsOn(world, input)
      break
    case 'act':
      acts(world, input)
      break
    case 'hangsUp': {
      const call = world.calls[input.call]
      const outside = call && legOf(call, 'o')
      if (call && outside) leaves(call, outside)
      break
    }
    case 'waits':
      waits(world)
  }
  world.calls = world.calls.filter(({ legs }) => legs.some(({ party }) => isAgent(party)))
  return world
}

/** What an agent's desktop shows of the user and of the e-mail (`dialog 13`, ruling 8). */
export function shown({ calls }: World, agent: Agent): { readonly user: string; readonly email: string } {
  const states = calls.flatMap((call) => legOf(call, agent)?.state ?? [])
  const email = states.includes('ACTIVE') || states.includes('HELD') ? 'INTERRUPTED' : 'ACTIVE'
  if (states.includes('ACTIVE') || states.includes('INITIATED')) return { user: 'TALKING', email }
  if (states.includes('HELD')) return { user: 'HOLD', email }
  return { user: states.includes('WRAP_UP') ? 'WORK' : 'NOT_READY', email }
}
