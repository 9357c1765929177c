/** Reads the board's data from the engine, without call variables and numbers of customers. */
import { VOICE_MRD } from '../../directory/model.ts'
import type { Reads } from '../../engine/api.ts'
import type { DialogValue, MediaValue, QueueValue, UserValue } from '../../engine/values.ts'
import type { BoardAgent, BoardCell, BoardSide } from './protocol.ts'

/** The sides that may exist. */
const SIDES = ['A', 'B'] as const

/** An agent with a cell per medium; `undefined` if the user no longer exists. */
export function agentOf(get: Reads, id: string): BoardAgent | undefined {
  const user = get.user(id)
  const presence = get.presence(id)
  if (!user || !presence) return undefined
  const dialogs = get.dialogs(id, 'all') ?? []
  const media = (get.mediaList(id) ?? []).flatMap((medium) => {
    const cell = mediaCell(medium, dialogs)
    return cell ? [[medium.id, cell] as const] : []
  })
  return {
    id,
    name: `${user.firstName} ${user.lastName}`.trim(),
    loginName: user.loginName,
    team: user.teamId,
    presence: presence.sides,
    side: presence.actingSide,
    cells: { [VOICE_MRD]: voiceCell(user, dialogs), ...Object.fromEntries(media) },
  }
}

function voiceCell(
  { state, stateChangeTime, reason, pendingState }: UserValue,
  dialogs: readonly DialogValue[],
): BoardCell {
  return {
    state,
    since: stateChangeTime,
    dialogs: dialogs.filter(({ kind }) => kind === 'call').length,
    ...(reason ? { reason: reason.label } : {}),
    ...(pendingState === '' ? {} : { pending: pendingState }),
  }
}

function mediaCell({ id, status }: MediaValue, dialogs: readonly DialogValue[]): BoardCell | undefined {
  if (!status) return undefined
  const { state, stateChangeTime, reason, routable, maxDialogLimit } = status
  return {
    state,
    since: stateChangeTime,
    dialogs: dialogs.filter((dialog) => dialog.kind === 'task' && dialog.mrd === id).length,
    ...(state === 'LOGOUT' ? {} : { limit: maxDialogLimit }),
    ...(reason ? { reason: reason.label } : {}),
    ...(state === 'LOGOUT' || routable ? {} : { notRoutable: true }),
  }
}

/** The columns: voice first, then the other MRDs. */
export function columnsOf(get: Reads): readonly { readonly id: string; readonly name: string }[] {
  const { mediaRoutingDomains } = get.directory()
  const voice = mediaRoutingDomains.find(({ id }) => id === VOICE_MRD)
  const others = mediaRoutingDomains.filter(({ id }) => id !== VOICE_MRD)
  return [{ id: VOICE_MRD, name: voice?.name ?? 'Voice' }, ...others.map(({ id, name }) => ({ id, name }))]
}

export function sidesOf(get: Reads): readonly BoardSide[] {
  return SIDES.filter((side) => hasSide(get, side)).map((side) => {
    const { status, statusReason } = get.system(side)
    return { side, status, reason: statusReason }
  })
}

/** Does the engine have this side? The presence of every user names the existing sides. */
function hasSide(get: Reads, side: (typeof SIDES)[number]): boolean {
  const [user] = get.directory().users
  return side === 'A' || (user !== undefined && get.presence(user.id)?.sides[side] !== undefined)
}

/** The queues of the MRDs. Voice has the sum of all queues of calls, if the directory has any. */
export function queuesOf(get: Pick<Reads, 'queues' | 'voiceQueues'>): readonly QueueValue[] {
  const calls = get.voiceQueues()
  if (calls.length === 0) return get.queues()
  const oldest = calls.flatMap(({ oldestQueuedAt }) => oldestQueuedAt ?? [])
  const sum = {
    mrd: VOICE_MRD,
    name: 'Voice',
    waiting: calls.reduce((count, { waiting }) => count + waiting, 0),
    reserved: calls.reduce((count, { ringing }) => count + ringing, 0),
    oldestQueuedAt: oldest.length === 0 ? null : Math.min(...oldest),
  }
  return [sum, ...get.queues()]
}
