/** The situations of a call, each reached by a short script. */
import type { Position } from './contract.ts'
import { AGENT, type Desk, extensionOf, NOBODY, OTHER, OUTSIDE, SUPERVISOR, WRAPS_UP } from './desk.ts'

export interface Situation {
  readonly name: string
  /** Brings about the situation. Returns the id of the call. */
  readonly reach: (desk: Desk) => Promise<string>
  /** How the agents on the call stand on it. */
  readonly positions: Readonly<Record<string, Position>>
}

/** The agent talks with a customer. A call that was active goes on hold. */
async function talks(desk: Desk, user = AGENT, from?: string): Promise<string> {
  const call = await desk.customerCalls(user, from)
  await desk.acts(user, call, 'ANSWER')
  return call
}

/** The agent talks with another agent. A call that was active goes on hold. */
async function talksWith(desk: Desk, other: string, user = AGENT): Promise<string> {
  const call = await desk.calls(other, user)
  await desk.acts(user, call, 'ANSWER')
  return call
}

/** A conference of a customer, the agent, who controls it, and another agent. */
async function conference(desk: Desk, other = OTHER, user = AGENT): Promise<string> {
  const [first, second] = await consults(desk, other, user)
  await desk.acts(other, second, 'ANSWER')
  await desk.acts(user, first, 'CONFERENCE')
  return first
}

/** The agent holds the call of a customer and calls another agent, at whom it rings. */
async function consults(desk: Desk, other = OTHER, user = AGENT): Promise<readonly [first: string, second: string]> {
  const first = await talks(desk, user)
  await desk.acts(user, first, 'CONSULT_CALL', `<toAddress>${extensionOf(other)}</toAddress>`)
  return [first, desk.callsOf(other).at(-1) ?? '']
}

const then = (reach: (desk: Desk) => Promise<string>, user: string, action: string) => async (desk: Desk) => {
  const call = await reach(desk)
  await desk.acts(user, call, action)
  return call
}

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'it rings',
    reach: (desk) => desk.customerCalls(AGENT),
    positions: { [AGENT]: { state: 'ALERTING' } },
  },
  {
    name: 'it rings, and the agent talks on another call',
    reach: async (desk) => {
      await talks(desk)
      return desk.customerCalls(AGENT, '5550200')
    },
    positions: { [AGENT]: { state: 'ALERTING', talksElsewhere: true } },
  },
  {
    name: 'it rings, and the agent holds another call',
    reach: async (desk) => {
      await desk.acts(AGENT, await talks(desk), 'HOLD')
      return desk.customerCalls(AGENT, '5550200')
    },
    positions: { [AGENT]: { state: 'ALERTING' } },
  },
  {
    name: 'the agent calls another one, at whom it rings',
    reach: (desk) => desk.calls(AGENT, OTHER),
    positions: { [AGENT]: { state: 'INITIATED' }, [OTHER]: { state: 'ALERTING' } },
  },
  {
    name: 'the agent calls a number outside, where it rings',
    reach: (desk) => desk.calls(AGENT, OUTSIDE),
    positions: { [AGENT]: { state: 'INITIATED' } },
  },
  {
    name: 'the call of the agent fails',
    reach: (desk) => desk.calls(AGENT, NOBODY),
    positions: { [AGENT]: { state: 'FAILED' } },
  },
  { name: 'the agent talks', reach: (desk) => talks(desk), positions: { [AGENT]: { state: 'ACTIVE' } } },
  {
    name: 'an agent who wraps up after calls talks',
    reach: (desk) => talks(desk, WRAPS_UP),
    positions: { [WRAPS_UP]: { state: 'ACTIVE' } },
  },
  {
    name: 'two agents talk',
    reach: (desk) => talksWith(desk, OTHER),
    positions: { [AGENT]: { state: 'ACTIVE' }, [OTHER]: { state: 'ACTIVE' } },
  },
  {
    name: 'one of two agents holds',
    reach: then((desk) => talksWith(desk, OTHER), AGENT, 'HOLD'),
    positions: { [AGENT]: { state: 'HELD' }, [OTHER]: { state: 'ACTIVE' } },
  },
  {
    name: 'two agents hold',
    reach: then(
      then((desk) => talksWith(desk, OTHER), AGENT, 'HOLD'),
      OTHER,
      'HOLD',
    ),
    positions: { [AGENT]: { state: 'HELD' }, [OTHER]: { state: 'HELD' } },
  },
  {
    name: 'the agent holds it and talks on another one',
    reach: async (desk) => {
      const call = await talks(desk)
      await talks(desk, AGENT, '5550200')
      return call
    },
    positions: { [AGENT]: { state: 'HELD', talksElsewhere: true } },
  },
  {
    name: 'the agent talks on it and holds another one',
    reach: async (desk) => {
      await talks(desk)
      return talks(desk, AGENT, '5550200')
    },
    positions: { [AGENT]: { state: 'ACTIVE' } },
  },
  {
    name: 'the agent holds it and another one',
    reach: async (desk) => {
      const call = await talks(desk)
      await desk.acts(AGENT, await talks(desk, AGENT, '5550200'), 'HOLD')
      return call
    },
    positions: { [AGENT]: { state: 'HELD' } },
  },
  {
    name: 'the agent holds it and consults another one, at whom it rings',
    reach: async (desk) => (await consults(desk))[0],
    positions: { [AGENT]: { state: 'HELD', talksElsewhere: true } },
  },
  {
    name: 'the agent consults another one, at whom it rings',
    reach: async (desk) => (await consults(desk))[1],
    positions: { [AGENT]: { state: 'INITIATED' }, [OTHER]: { state: 'ALERTING' } },
  },
  {
    name: 'the agent wraps up',
    reach: then((desk) => talks(desk, WRAPS_UP), WRAPS_UP, 'DROP'),
    positions: { [WRAPS_UP]: { state: 'WRAP_UP' } },
  },
  {
    name: 'two agents talk in a conference',
    reach: conference,
    positions: {
      [AGENT]: { state: 'ACTIVE', conference: 'controller' },
      [OTHER]: { state: 'ACTIVE', conference: 'party' },
    },
  },
  {
    name: 'two agents hold a conference',
    reach: then(then(conference, AGENT, 'HOLD'), OTHER, 'HOLD'),
    positions: {
      [AGENT]: { state: 'HELD', conference: 'controller' },
      [OTHER]: { state: 'HELD', conference: 'party' },
    },
  },
  {
    name: 'two agents hold a conference and talk on other calls',
    reach: async (desk) => {
      const call = await conference(desk)
      await talks(desk, AGENT, '5550200')
      await talks(desk, OTHER, '5550201')
      return call
    },
    positions: {
      [AGENT]: { state: 'HELD', talksElsewhere: true, conference: 'controller' },
      [OTHER]: { state: 'HELD', talksElsewhere: true, conference: 'party' },
    },
  },
  {
    name: 'the agent holds it and talks in the conference of another one',
    reach: async (desk) => {
      const call = await talks(desk, OTHER, '5550201')
      await conference(desk)
      return call
    },
    positions: { [OTHER]: { state: 'HELD', talksElsewhere: true, elsewhereInConferenceOfOther: true } },
  },
  {
    name: 'a supervisor talks in the conference of an agent',
    reach: (desk) => conference(desk, SUPERVISOR),
    positions: {
      [AGENT]: { state: 'ACTIVE', conference: 'controller' },
      [SUPERVISOR]: { state: 'ACTIVE', conference: 'supervisor' },
    },
  },
  {
    name: 'the agent who began the conference has left',
    reach: then(conference, AGENT, 'DROP'),
    positions: { [OTHER]: { state: 'ACTIVE', conference: 'party' } },
  },
  {
    name: 'the agent who began the conference wraps up, and another one talks',
    reach: then((desk) => conference(desk, OTHER, WRAPS_UP), WRAPS_UP, 'DROP'),
    positions: {
      [WRAPS_UP]: { state: 'WRAP_UP', conference: 'party' },
      [OTHER]: { state: 'ACTIVE', conference: 'party' },
    },
  },
]

/** Two agents have talked, and the call is over. */
export const over = then((desk) => talksWith(desk, OTHER), AGENT, 'DROP')
