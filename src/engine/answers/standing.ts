/** The state in which a request was refused, and what it allows. */
import type { Subject } from '../../../machines/effects.ts'
import { legActions, mediaState, taskView, userState } from '../../../machines/index.ts'
import { mediaRequests, taskRequests, userRequests } from '../../../machines/requests.ts'
import type { Behaviour } from '../aggregate/behaviour.ts'
import { UserBehaviour } from '../aggregate/user/behaviour.ts'
import type { Refused } from '../commands.ts'
import type { Input } from '../input.ts'

/** The state of the object that a refusal concerns, after the refusal. A refusal changes no state. */
export type RefusedIn = Required<Pick<Refused, 'state' | 'allowed'>>

/** `undefined` for an object that does not exist any more. For a call it is the leg of the user. */
export function refusedIn(behaviour: Behaviour, input: Input, subject: Subject): RefusedIn | undefined {
  if (!(behaviour instanceof UserBehaviour)) return undefined
  const { snapshot } = behaviour
  if (subject.kind === 'user') {
    const bySupervisor = input.kind === 'user' && 'supervisor' in input.event && input.event.supervisor
    return { state: userState(snapshot), allowed: userRequests(snapshot, bySupervisor) }
  }
  if (subject.kind === 'newCall') return { state: userState(snapshot), allowed: userRequests(snapshot, false) }
  if (subject.kind === 'call') {
    const { user, legs, monitored } = snapshot.context
    const other = monitored?.call.dialog === subject.dialog ? monitored : undefined
    const leg = (legs[subject.dialog] ?? other)?.call.legs.find((each) => each.user === user)
    return leg && { state: leg.state, allowed: legActions(leg) }
  }
  const medium = snapshot.context.media[subject.mrd]?.getSnapshot()
  if (!medium) return undefined
  if (subject.kind === 'media') return { state: mediaState(medium), allowed: mediaRequests(medium) }
  const dialog = medium.context.dialogs[subject.dialog]?.getSnapshot()
  return dialog && { state: taskView(dialog).state, allowed: taskRequests(medium.context, dialog) }
}
