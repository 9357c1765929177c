/** Reads the board's data from the engine, without call variables and numbers of customers. */
import type { Eligibility } from '../../../machines/index.ts'
import { VOICE_MRD } from '../../directory/model.ts'
import type { Reads } from '../../engine/api.ts'
import type {
  CallDialogValue,
  DialogValue,
  MediaValue,
  MobileValue,
  QueueValue,
  UserValue,
} from '../../engine/values.ts'
import type { BoardAgent, BoardCall, BoardCell, BoardMarks, BoardSide } from './protocol.ts'

/** The sides that may exist. */
const SIDES = ['A', 'B'] as const

/** An agent with a cell per medium; `undefined` if the user no longer exists. */
export function agentOf(get: Reads, id: string): BoardAgent | undefined {
  const user = get.user(id)
  const presence = get.presence(id)
  if (!user || !presence) return undefined
  const dialogs = get.dialogs(id, 'all') ?? []
  const eligibility = get.eligibility(id) ?? {}
  const obstacle = (mrd: string) => obstacleIn(eligibility[mrd])
  const calls = dialogs.flatMap((dialog) => (dialog.kind === 'call' ? [callOf(get, id, dialog)] : []))
  const media = (get.mediaList(id) ?? []).flatMap((medium) => {
    const cell = mediaCell(medium, dialogs, calls)
    return cell ? [[medium.id, { ...cell, ...obstacle(medium.id) }] as const] : []
  })
  return {
    id,
    name: nameOf(user),
    loginName: user.loginName,
    team: user.teamId,
    presence: presence.sides,
    side: presence.actingSide,
    cells: {
      [VOICE_MRD]: { ...voiceCell(user, calls, get.mobile(id)), ...obstacle(VOICE_MRD) },
      ...Object.fromEntries(media),
    },
  }
}

/** The part of a cell that says why no contact may come. */
function obstacleIn(eligibility: Eligibility | undefined): Pick<BoardCell, 'prevented'> {
  if (!eligibility?.prevented) return {}
  const { prevented: why, heldBy } = eligibility
  return { prevented: { why, ...(heldBy.length === 0 ? {} : { heldBy }) } }
}

const nameOf = ({ firstName, lastName }: Pick<UserValue, 'firstName' | 'lastName'>): string =>
  `${firstName} ${lastName}`.trim()

/** A call as this agent has it. */
function callOf(get: Reads, user: string, call: CallDialogValue): BoardCall {
  const { id, callType, participants, queue, monitor } = call
  const own = participants.find((each) => each.user === user)
  const others = participants.filter((each) => each !== own)
  return {
    id,
    type: callType,
    state: own?.state ?? 'DROPPED',
    since: own?.stateChangeTime ?? null,
    ...(monitor ? { monitors: monitor.supervisor === user ? 'supervisor' : 'agent' } : {}),
    others: others.map(({ user: other, state }) => {
      const known = other === undefined ? undefined : get.user(other)
      return { name: known ? nameOf(known) : (other ?? ''), state }
    }),
    ...(queue?.outcome === 'WAITING' ? { waitsIn: queue.name } : {}),
  }
}

function voiceCell(
  { state, stateChangeTime, reason, pendingState }: UserValue,
  calls: readonly BoardCall[],
  mobile: MobileValue | undefined,
): BoardCell {
  return {
    state,
    since: stateChangeTime,
    dialogs: calls.length,
    ...(reason ? { reason: reason.label } : {}),
    ...(pendingState === '' ? {} : { pending: pendingState }),
    ...(calls.length === 0 ? {} : { calls }),
    ...(mobile ? { mobile } : {}),
  }
}

/** Calls that are answered interrupt (ruling 8). */
const interrupting = (calls: readonly BoardCall[]): readonly string[] =>
  calls.filter(({ state, monitors }) => !monitors && (state === 'ACTIVE' || state === 'HELD')).map(({ id }) => id)

function mediaCell(
  { id, status }: MediaValue,
  dialogs: readonly DialogValue[],
  calls: readonly BoardCall[],
): BoardCell | undefined {
  if (!status) return undefined
  const { state, stateChangeTime, reason, routable, maxDialogLimit } = status
  const interruptedBy = state === 'INTERRUPTED' ? interrupting(calls) : []
  return {
    state,
    since: stateChangeTime,
    dialogs: dialogs.filter((dialog) => dialog.kind === 'task' && dialog.mrd === id).length,
    ...(state === 'LOGOUT' ? {} : { limit: maxDialogLimit }),
    ...(reason ? { reason: reason.label } : {}),
    ...(state === 'LOGOUT' || routable ? {} : { notRoutable: true }),
    ...(interruptedBy.length === 0 ? {} : { interruptedBy }),
  }
}

/** The columns: voice first, then the other MRDs. */
export function columnsOf(get: Reads): readonly { readonly id: string; readonly name: string }[] {
  const { mediaRoutingDomains } = get.directory()
  const voice = mediaRoutingDomains.find(({ id }) => id === VOICE_MRD)
  const others = mediaRoutingDomains.filter(({ id }) => id !== VOICE_MRD)
  return [{ id: VOICE_MRD, name: voice?.name ?? 'Voice' }, ...others.map(({ id, name }) => ({ id, name }))]
}

/** What the directory says is too long. */
export function limitsOf(get: Pick<Reads, 'directory'>): BoardMarks {
  const { waitSeconds = {}, stateSeconds = {} } = get.directory().settings.board ?? {}
  return { waitMs: inMs(waitSeconds), stateMs: inMs(stateSeconds) }
}

const inMs = (seconds: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value * 1000]))

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
