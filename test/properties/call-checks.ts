/** The checks of calls: their legs agree with each other, with the agents and with what the agents were told. */
import type { NotificationEvent } from '../../src/engine/events.ts'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { MRDS } from './history.ts'
import type { Stage } from './stage.ts'

/** States in which an agent is on a telephone line. */
const CONNECTED: readonly string[] = ['ACTIVE', 'HELD']
/** States of a user that come from a call. */
const OF_CALLS: readonly string[] = [
  ...['TALKING', 'HOLD', 'RESERVED', 'WORK', 'WORK_READY'],
  ...['RESERVED_OUTBOUND', 'RESERVED_OUTBOUND_PREVIEW'],
]

/** What is wrong with the calls now. */
export const wrongCalls = (stage: Stage): readonly string[] => [
  ...wrongLegs(stage),
  ...wrongLines(stage),
  ...wrongPlaces(stage),
  ...wrongContacts(stage),
]

/** Each queue has the calls that wait in it or that it lets ring, and no others. */
function wrongPlaces({ engine, calls }: Stage): readonly string[] {
  return engine.get.voiceQueues().flatMap(({ id, waiting, ringing }) => {
    const there = calls.filter(({ queue }) => queue?.number === id).map(({ queue }) => queue?.outcome)
    const count = (outcome: string) => there.filter((each) => each === outcome).length
    const is = `${waiting} calls wait and ${ringing} ring`
    const should = `${count('WAITING')} calls wait and ${count('RINGING')} ring`
    return is === should ? [] : [`in queue ${id} ${is}, of the calls ${should}`]
  })
}

/** A contact is reserved only while there is a reservation of its campaign, and for each one there is a contact. */
function wrongContacts({ acd, calls }: Stage): readonly string[] {
  return acd.campaigns.all().flatMap(({ id, linesPerAgent, contacts: { reserved } }) => {
    const reservations = calls.filter(({ campaign }) => campaign?.id === id && campaign.part !== 'customer').length
    const isWrong = reserved < reservations || reserved > reservations * linesPerAgent
    return isWrong ? [`campaign ${id} has ${reserved} reserved contacts and ${reservations} reservations`] : []
  })
}

/** The agent state agrees with the calls, wrap-up is not too long, and in LOGOUT a leg can only be ACTIVE or HELD. */
function wrongLegs(stage: Stage): readonly string[] {
  const now = stage.clock.now()
  const { get } = stage.engine
  return stage.calls.flatMap(({ id, campaign, participants, monitor }) =>
    participants.flatMap(({ user, state: leg, stateChangeTime }) => {
      if (user === undefined || leg === 'DROPPED') return []
      const isListed = get.dialogs(user, 'voice')?.some((call) => call.id === id) ?? false
      // To the agent who is listened to the monitor call means nothing.
      if (monitor?.agent === user) return isListed ? [] : [`${user} knows nothing of monitor call ${id}`]
      const state = get.user(user)?.state ?? ''
      const what = `call ${id} is ${leg} in ${state} of ${user}`
      // The agent does not see a reservation without a preview.
      const wrong = isListed !== (campaign?.part === 'line') ? [] : [`${what}, who knows nothing of it`]
      if (leg === 'ACTIVE' && !['TALKING', 'LOGOUT'].includes(state)) wrong.push(what)
      if (leg === 'HELD' && !['TALKING', 'HOLD', 'LOGOUT'].includes(state)) wrong.push(what)
      if (!CONNECTED.includes(leg) && state === 'LOGOUT') wrong.push(what)
      if (leg === 'WRAP_UP' && now > (stateChangeTime ?? now) + stage.wrapUpMs(user)) wrong.push(`${what} for too long`)
      return wrong
    }),
  )
}

/** An agent has one ACTIVE leg at most, and TALKING or HOLD only with a leg. */
function wrongLines(stage: Stage): readonly string[] {
  return stage.users.flatMap((user) => {
    const own = stage.calls.filter(({ monitor }) => monitor?.agent !== user)
    const legs = own.flatMap(({ participants }) => participants.filter((leg) => leg.user === user))
    const active = legs.filter(({ state }) => state === 'ACTIVE').length
    const open = legs.filter(({ state }) => state !== 'DROPPED').length
    const state = stage.engine.get.user(user)?.state ?? ''
    return [
      ...(active > 1 ? [`${user} has ${active} active legs`] : []),
      ...(open === 0 && OF_CALLS.includes(state) ? [`${user} is ${state} without a call`] : []),
    ]
  })
}

/** What is left of calls after everybody has hung up and enough time has passed. */
export function left(stage: Stage): readonly string[] {
  const { get } = stage.engine
  const users = stage.users.flatMap((user) => {
    const { state = '', pendingState = '' } = get.user(user) ?? {}
    const calls = get.dialogs(user, 'voice') ?? []
    const chats = (get.dialogs(user, 'nonvoice', '5002') ?? []).length > 0
    const interrupted = MRDS.filter((mrd) => stage.media(user, mrd).status?.state === 'INTERRUPTED')
    return [
      ...(OF_CALLS.includes(state) ? [`${user} is ${state}`] : []),
      ...(pendingState === '' ? [] : [`${user} still wants ${pendingState}`]),
      ...calls.map(({ id }) => `${user} still has call ${id}`),
      ...(chats ? [] : interrupted.map((mrd) => `medium ${mrd} of ${user} is still interrupted`)),
    ]
  })
  return [...users, ...stage.calls.map(({ id, state }) => `call ${id} is left, ${state}`)].map((each) => `end: ${each}`)
}

/** What agents may see differently: a call to a queue looks like a routed one to other agents (`dialog 6.4`). */
const common = ({ fromAddress: _, callType: __, dnis: ___, associatedDialog: ____, ...call }: CallDialogValue) => ({
  ...call,
  participants: call.participants.map(({ mediaAddress, standsForCaller, ...party }) => ({
    ...party,
    ...(party.user === undefined ? { mediaAddress } : {}),
  })),
})

/** What the agents of each call were told. All have to be told the same, in the same order. */
export class Parties {
  /** The changes of each call, in the order in which the first agent was told. */
  readonly #changes = new Map<string, string[]>()
  /** The changes that an agent was told, as indexes, by call and agent. */
  readonly #told = new Map<string, number[]>()
  readonly #found: string[] = []

  note({ value, source, event }: NotificationEvent): void {
    if (value.kind !== 'call') return
    const user = /User\/([^/]+)/.exec(source)?.[1] ?? ''
    const change = JSON.stringify(common(value))
    const changes = this.#changes.get(value.id) ?? []
    this.#changes.set(value.id, changes)
    const key = `${value.id} ${user}`
    const told = this.#told.get(key) ?? []
    this.#told.set(key, told)
    const known = changes.indexOf(change)
    const index = known < 0 ? changes.push(change) - 1 : known
    // Within one millisecond a call may have an earlier value again, and a DELETE repeats the value of the last PUT.
    if (told.includes(index)) return
    if (index < Math.max(...told, -1)) this.#found.push(`${user} was told of ${value.id} in another order: ${event}`)
    told.push(index)
  }

  wrong(): readonly string[] {
    return this.#found.splice(0)
  }
}
