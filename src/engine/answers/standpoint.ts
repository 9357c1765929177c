/** What a command is about, and the state that it has left there, to find out whether that state is still the same. */
import { callView, mediaView, taskView, userView } from '../../../machines/index.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Input } from '../input.ts'
import { ownerOf } from '../reads.ts'

/** The object that a command is about. `newCall`: the call that it makes; without one, the user who wanted it. */
export type Standpoint =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'media'; readonly user: string; readonly mrd: string }
  | { readonly kind: 'task'; readonly dialog: string }
  | { readonly kind: 'call'; readonly user: string; readonly dialog: string }
  | { readonly kind: 'newCall'; readonly user: string; readonly made: string | undefined }

/** `made`: the id of the call that the input made. `undefined` for an input that is no command of a user. */
export function standpointOf(aggregate: string, input: Input, made: string | undefined): Standpoint | undefined {
  if (input.kind === 'makeCall') return { kind: 'newCall', user: input.user, made }
  if (input.kind === 'call')
    return 'user' in input.event
      ? { kind: 'call', user: input.event.user, dialog: aggregate.slice('call/'.length) }
      : undefined
  if (input.kind !== 'user') return undefined
  const { event } = input
  const user = aggregate.slice('user/'.length)
  if (event.type === 'DIALOG_ACTION') return { kind: 'task', dialog: event.dialog }
  return 'mrd' in event ? { kind: 'media', user, mrd: event.mrd } : { kind: 'user', user }
}

/** The state there, as a text without times. */
export function stateAt(aggregates: Aggregates, at: Standpoint): string {
  switch (at.kind) {
    case 'user':
      return stateOfUser(aggregates, at.user)
    case 'media':
      return stateOfMedium(aggregates, at.user, at.mrd)
    case 'task':
      return stateOfTask(aggregates, at.dialog)
    case 'call':
      return stateOfLeg(aggregates, at.user, at.dialog)
    case 'newCall':
      // The call itself goes on without the agent: it is answered, and talked on.
      return at.made === undefined ? stateOfUser(aggregates, at.user) : isOn(aggregates, at.user, at.made)
  }
}

const GONE = 'gone'

function stateOfUser(aggregates: Aggregates, id: string): string {
  const user = aggregates.user(id)
  if (!user) return GONE
  const { stateChangeTime: _, ...view } = userView(user.snapshot)
  return JSON.stringify(view)
}

function stateOfMedium(aggregates: Aggregates, id: string, mrd: string): string {
  const medium = aggregates.user(id)?.snapshot.context.media[mrd]?.getSnapshot()
  if (!medium) return stateOfUser(aggregates, id)
  const { state, routable, reason, maxDialogLimit, interruptAction, dialogLogoutAction } = mediaView(medium)
  return JSON.stringify([state, routable, reason, maxDialogLimit, interruptAction, dialogLogoutAction])
}

function stateOfTask(aggregates: Aggregates, dialog: string): string {
  const task = openTask(aggregates, dialog)
  return task ? taskView(task).state : GONE
}

/** Does the dialog wait for the ACD's answer to a transfer? */
export const isTransferring = (aggregates: Aggregates, dialog: string): boolean =>
  Boolean(openTask(aggregates, dialog)?.context.transfer)

function openTask(aggregates: Aggregates, dialog: string) {
  const { user = '', mrd = '' } = ownerOf(dialog) ?? {}
  const medium = aggregates.user(user)?.snapshot.context.media[mrd]?.getSnapshot()
  return medium?.context.dialogs[dialog]?.getSnapshot()
}

function stateOfLeg(aggregates: Aggregates, user: string, dialog: string): string {
  const call = openCall(aggregates, dialog)
  if (!call) return GONE
  const { variables, wrapUpReason = null, campaign = null, legs } = callView(call.snapshot)
  return JSON.stringify([legs.find((leg) => leg.user === user)?.state ?? GONE, variables, wrapUpReason, campaign])
}

function isOn(aggregates: Aggregates, user: string, dialog: string): string {
  const call = openCall(aggregates, dialog)
  return call && callView(call.snapshot).legs.some((leg) => leg.user === user) ? 'on it' : GONE
}

/** Before the commit, a call that has just ended is still there. */
function openCall(aggregates: Aggregates, dialog: string) {
  const call = aggregates.call(dialog)
  return call?.finished ? undefined : call
}
