/**
 * Calls and their agents: every leg has an end and agrees with the agent's state (ruling 47), an agent talks on one call
 * at a time, and all parties of a call are told the same.
 */
import type { Engine } from '../../src/engine/api.ts'
import type { CallDialogValue, Notification } from '../../src/engine/values.ts'
import { type Audit, armedIn } from './audit.ts'

/** The errors of the calls. Empty when there are none. */
export function ghosts(engine: Engine, audit: Audit): readonly string[] {
  return [
    ...audit.shadow.calls().flatMap(({ snapshot: { context } }) => wrongWithCall(audit, context)),
    ...[...audit.models.keys()].flatMap((user) => wrongWithUser(engine, audit, user)),
  ]
}

type Call = ReturnType<Audit['shadow']['calls']>[number]['snapshot']['context']

/** The call and its agent have the same state of the leg, and the leg ends in time. */
function wrongWithCall(audit: Audit, { dialog, legs }: Call): readonly string[] {
  const armed = armedIn(audit, `call/${dialog}`)
  const has = (name: string, ...owners: readonly string[]) =>
    armed.some((each) => each.name === name && owners.includes(each.owner))
  return Object.entries(legs).flatMap(([leg, { user, state, stateChangeTime }]) => {
    if (state === 'DROPPED') return []
    const of = `call ${dialog} of ${user ?? 'a party outside'}`
    // Every state that nobody may ever end has a deadline.
    if (state === 'ALERTING' && !has('RING_TIMEOUT', dialog, leg) && !has('ANSWER_DUE', leg))
      return [`${of} rings for ever`]
    if (state === 'FAILED' && !has('FAILURE_TIMEOUT', leg)) return [`${of} is FAILED for ever`]
    if (state === 'INITIATING') return [`${of} is off-hook for ever`]
    const isCalling = state === 'INITIATED' && user !== undefined
    if (isCalling && !Object.values(legs).some((each) => each.state === 'ALERTING')) return [`${of} calls for ever`]
    if (user === undefined) return []
    const known = audit.shadow.pastOrPresentUser(user)?.snapshot.context.legs[dialog]?.state
    if (known !== state) return [`${of} is ${state}, the agent has ${known ?? 'no such leg'}`]
    if (state !== 'WRAP_UP') return []
    const seconds = audit.models.get(user)?.agent.user.settings.wrapUpSeconds ?? 0
    const end = armedIn(audit, `user/${user}`).find((each) => each.name === 'WRAP_UP_TIMEOUT')
    return end && end.due <= (stateChangeTime ?? 0) + seconds * 1000 ? [] : [`${of} is wrapped up for too long`]
  })
}

/** The agent's state agrees with the calls. A user who is signed out has no call that rings or is wrapped up. */
function wrongWithUser(engine: Engine, audit: Audit, user: string): readonly string[] {
  const state = engine.get.user(user)?.state
  const calls = (engine.get.dialogs(user, 'voice') ?? []).filter(
    (each): each is CallDialogValue => each.kind === 'call',
  )
  const legs = calls.map(({ id, participants }) => ({
    id,
    leg: participants.find((party) => party.user === user)?.state,
  }))
  const wrong = legs.flatMap(({ id, leg }) => {
    const talks = leg === 'ACTIVE' || leg === 'HELD'
    if (state === 'LOGOUT') return leg === 'ALERTING' || leg === 'WRAP_UP' ? [`call ${id} is ${leg} under LOGOUT`] : []
    return talks && state !== 'TALKING' && state !== 'HOLD' ? [`call ${id} is ${leg} in ${state}`] : []
  })
  const active = legs.filter(({ leg }) => leg === 'ACTIVE')
  const talksTwice = active.length > 1 ? [`is ACTIVE on ${active.map(({ id }) => id).join(' and ')}`] : []
  const work = audit.shadow.pastOrPresentUser(user)?.snapshot.context.work ?? []
  const talksOn = new Set(legs.flatMap(({ id, leg }) => (leg === 'ACTIVE' || leg === 'HELD' ? [id] : [])))
  const interrupting = work.filter(({ mrd }) => mrd === '1')
  // No interrupt is without its work.
  const ghostly = interrupting.filter(({ id }) => state === 'LOGOUT' || !talksOn.has(id))
  return [...wrong, ...talksTwice, ...ghostly.map(({ id }) => `call ${id} interrupts`)].map(
    (what) => `${user}: ${what}`,
  )
}

/** What the agents of a call were told, in the order of the first who was told it. */
interface Tellings {
  readonly order: Map<string, number>
  /** By agent: the place of the last one. */
  readonly last: Map<string, number>
}

/** Every party of a call is told of its states in the same order. */
export class SameOrder {
  readonly #calls = new Map<string, Tellings>()

  /** What is wrong with this notification; `undefined` if nothing is. */
  note({ value, event, node }: Notification): string | undefined {
    if (value.kind !== 'call') return undefined
    const user = node.split('/')[4] ?? ''
    const told = this.#calls.get(value.id) ?? { order: new Map(), last: new Map() }
    this.#calls.set(value.id, told)
    // An agent may hear the same twice: another side, or a link that is back.
    const text = JSON.stringify([
      value.state,
      value.participants.map((party) => [party.mediaAddress, party.state, party.stateChangeTime]),
    ])
    const place = told.order.get(text) ?? told.order.size
    told.order.set(text, place)
    const before = told.last.get(user) ?? -1
    told.last.set(user, place)
    return place < before && event === 'PUT'
      ? `call ${value.id}: ${user} hears of ${text} after what came later`
      : undefined
  }
}
