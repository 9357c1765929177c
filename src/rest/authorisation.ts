/**
 * Authorisation: which caller may read or change which object (`user 2`).
 *
 * Authorisation is checked before existence: an agent who asks for another user gets the same 401, whether that user
 * exists or not. Supervisors and administrators may act on other users, so they get 404 for an unknown user.
 */
import { lookup } from '../directory/index.ts'
import { ownerOf } from '../engine/reads.ts'
import type { DialogValue, UserValue } from '../engine/values.ts'
import type { RefusalKey } from '../finesse/index.ts'
import type { Call } from './operation.ts'
import { RestRefusal } from './refusal.ts'

/** The caller's own user; `undefined` for an administrator. */
export function callingUser(call: Call): UserValue | undefined {
  return call.principal.kind === 'user' ? call.engine.get.user(call.principal.id, call.side) : undefined
}

interface Target {
  /** The name as it stands in the URI. Refusals show it. */
  readonly named: string
  readonly own: boolean
  readonly user: UserValue | undefined
}

// A login name may replace the id in `GET User` only; on CCX in every operation (`user 4.5`). In the other operations
// the caller's own login name counts as the caller's own object, but as an unknown id (404, not 401).
function target(call: Call, loginNames: boolean): Target {
  const named = call.param('id')
  const directory = call.engine.get.directory()
  const find = lookup(directory)
  const id = (find.user(named) ?? find.userByLoginName(named))?.id
  const resolved = loginNames || directory.platform === 'CCX' ? (id ?? named) : named
  return {
    named,
    own: call.principal.kind === 'user' && call.principal.id === (id ?? named),
    user: call.engine.get.user(resolved, call.side),
  }
}

function existing({ named, user }: Target): UserValue {
  if (user === undefined) throw new RestRefusal('USER_NOT_FOUND', named)
  return user
}

/** Does the caller supervise this team? */
export function supervises(call: Call, teamId: string): boolean {
  const me = callingUser(call)
  return me?.roles.includes('Supervisor') === true && me.supervises.some((team) => team.id === teamId)
}

/** The caller's own user; for an administrator any user. Throws `RestRefusal`. */
export function readableUser(call: Call, loginNames = false): UserValue {
  const wanted = target(call, loginNames)
  if (!wanted.own && call.principal.kind !== 'administrator') throw new RestRefusal('OTHER_USER', wanted.named)
  return existing(wanted)
}

/** Like `readableUser`, but supervisors may also read the dialogs of their teams (`dialog 4.2`). */
export function userWithReadableDialogs(call: Call): UserValue {
  const wanted = target(call, false)
  if (wanted.user !== undefined && supervises(call, wanted.user.teamId)) return wanted.user
  return readableUser(call)
}

/** The user whose state the request changes, and whether the caller is that user or a supervisor (`user 4.8`, 5.7). */
export function changeableUser(call: Call): { readonly user: UserValue; readonly by: 'self' | 'supervisor' } {
  const wanted = target(call, false)
  if (wanted.own) return { user: existing(wanted), by: 'self' }
  if (call.principal.kind === 'administrator') throw new RestRefusal('ROLE_NOT_ALLOWED', call.principal.id)
  if (callingUser(call)?.roles.includes('Supervisor') !== true) throw new RestRefusal('OTHER_USER', wanted.named)
  const user = existing(wanted)
  if (!supervises(call, user.teamId)) throw new RestRefusal('NOT_IN_SUPERVISED_TEAM', wanted.named)
  return { user, by: 'supervisor' }
}

/** The caller's own user, for objects that only their owner may change, such as Media (`media 5`). */
export function ownUser(call: Call): UserValue {
  if (call.principal.kind === 'administrator') throw new RestRefusal('ROLE_NOT_ALLOWED', call.principal.id)
  const wanted = target(call, false)
  if (!wanted.own) throw new RestRefusal('OTHER_USER', wanted.named)
  return existing(wanted)
}

/** Refuses all callers but administrators, with the refusal that `GET Users` documents (`user 4.6`). */
export function administratorOnly(call: Call): void {
  if (call.principal.kind !== 'administrator') throw new RestRefusal('LIST_NOT_ALLOWED')
}

function users(dialog: DialogValue): readonly string[] {
  if (dialog.kind === 'task') return [dialog.user]
  return dialog.participants.flatMap((participant) => (participant.user === undefined ? [] : [participant.user]))
}

/**
 * Users of a dialog that has ended, as far as they are known. The id of a task's dialog contains its user; the built-in
 * ACD remembers its last calls.
 */
function pastUsers(call: Call, id: string): readonly string[] {
  const owner = ownerOf(id)
  if (owner !== undefined) return [owner.user]
  const past = call.engine.acd?.call(id)
  return past === undefined ? [] : users(past)
}

/** Decides whether the caller may use a dialog of these users. */
type May = (call: Call, of: readonly string[]) => boolean

/**
 * The dialog, if the caller may use it. Otherwise the refusal is the same whether the dialog exists or not, so callers
 * cannot find out what others work on. Callers who might use the dialog before it ended get 404 (`dialog V105`).
 */
function dialogFor(call: Call, id: string, may: May, gone: RefusalKey): DialogValue {
  const dialog = call.engine.get.dialog(id)
  if (!may(call, dialog === undefined ? pastUsers(call, id) : users(dialog)))
    throw new RestRefusal('NOT_A_PARTICIPANT', id)
  if (dialog === undefined) throw new RestRefusal(gone, id)
  return dialog
}

/** The dialog, for participants, supervisors of a participant's team and administrators (`dialog 4.2`). */
export function readableDialog(call: Call, id: string): DialogValue {
  return dialogFor(call, id, readers, 'DIALOG_NOT_FOUND')
}

/** The dialog, for participants only. */
export function ownDialog(call: Call, id: string): DialogValue {
  if (call.principal.kind === 'administrator') throw new RestRefusal('ROLE_NOT_ALLOWED', call.principal.id)
  return dialogFor(call, id, ({ principal }, of) => of.includes(principal.id), 'DIALOG_TO_ACT_ON_NOT_FOUND')
}

function readers(call: Call, of: readonly string[]): boolean {
  if (call.principal.kind === 'administrator' || of.includes(call.principal.id)) return true
  return of.some((id) => {
    const user = call.engine.get.user(id, call.side)
    return user !== undefined && supervises(call, user.teamId)
  })
}
