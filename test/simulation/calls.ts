/** Calls and their agents: every leg has an end and agrees with the agent's state (ruling 47). */
import type { Engine } from '../../src/engine/api.ts'
import type { CallDialogValue } from '../../src/engine/values.ts'
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
  return Object.values(legs).flatMap(({ user, state, stateChangeTime }) => {
    if (user === undefined || state === 'DROPPED') return []
    const known = audit.shadow.pastOrPresentUser(user)?.snapshot.context.legs[dialog]?.state
    const of = `call ${dialog} of ${user}`
    if (known !== state) return [`${of} is ${state}, the agent has ${known ?? 'no such leg'}`]
    if (state === 'ALERTING' && !armedIn(audit, `call/${dialog}`).some((each) => each.name === 'RING_TIMEOUT'))
      return [`${of} rings for ever`]
    if (state !== 'WRAP_UP') return []
    const seconds = audit.models.get(user)?.agent.user.settings.wrapUpSeconds ?? 0
    const end = armedIn(audit, `user/${user}`).find((each) => each.name === 'WRAP_UP_TIMEOUT')
    return end && end.due <= stateChangeTime + seconds * 1000 ? [] : [`${of} is wrapped up for too long`]
  })
}

/** The agent's state agrees with the calls. A user who is signed out has no call that rings or is wrapped up. */
function wrongWithUser(engine: Engine, audit: Audit, user: string): readonly string[] {
  const state = engine.get.user(user)?.state
  const calls = (engine.get.dialogs(user, 'voice') ?? []).filter(
    (each): each is CallDialogValue => each.kind === 'call',
  )
  const wrong = calls.flatMap(({ id, participants }) => {
    const leg = participants.find((party) => party.user === user)?.state
    const talks = leg === 'ACTIVE' || leg === 'HELD'
    if (state === 'LOGOUT') return leg === 'ALERTING' || leg === 'WRAP_UP' ? [`call ${id} is ${leg} under LOGOUT`] : []
    return talks && state !== 'TALKING' && state !== 'HOLD' ? [`call ${id} is ${leg} in ${state}`] : []
  })
  const work = audit.shadow.pastOrPresentUser(user)?.snapshot.context.work ?? []
  const interrupts = state === 'LOGOUT' && work.some(({ mrd }) => mrd === '1')
  return [...wrong, ...(interrupts ? ['a call interrupts under LOGOUT'] : [])].map((what) => `${user}: ${what}`)
}
