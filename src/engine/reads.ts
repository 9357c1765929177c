/** Reads: the committed state as public values. */
import { isControlledByOther } from '../../machines/call/conference.ts'
import { callView, isUnseen, mediaView, taskView, userView } from '../../machines/index.ts'
import type { Side } from '../../machines/wire.ts'
import { VOICE_MRD } from '../directory/model.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import type { Aggregates } from './aggregate/aggregates.ts'
import type { UserBehaviour } from './aggregate/user/behaviour.ts'
import { callValue, callValueFor, mediaValue, taskValue, userValue } from './aggregate/user/values.ts'
import type { Reads } from './api.ts'
import type { DirectoryInForce } from './configuration/directory-in-force.ts'
import { drainValue, isDraining } from './drain/work.ts'
import { QueuesNow } from './statistics/queues.ts'
import { staffingOf } from './statistics/staffing.ts'
import type {
  CallDialogValue,
  DialogValue,
  MediaValue,
  MobileValue,
  PresenceValue,
  TaskDialogValue,
  UserValue,
} from './values.ts'

/** User and MRD of a nonvoice dialog. Its id is `number_user_mrd`. `undefined` for an id of another form. */
export function ownerOf(dialog: string): { readonly user: string; readonly mrd: string } | undefined {
  const [, user, mrd, ...rest] = dialog.split('_')
  return user && mrd && rest.length === 0 ? { user, mrd } : undefined
}

/**
 * Value of a call that is under way. A call that waits in a queue without an agent is no Dialog: no agent has it. Nor is
 * a reservation that agents do not see.
 */
export function readCall(aggregates: Aggregates, id: string): CallDialogValue | undefined {
  const call = aggregates.call(id)
  const value = call && callValue(callView(call.snapshot), aggregates.side('A')?.platform)
  const isQueued = value?.queue?.outcome === 'WAITING' && call?.snapshot.context.agents.length === 0
  return isQueued || (value && isUnseen(value)) ? undefined : value
}

/** Ids of the agents on all calls of the user, each once. */
export function agentsOnCallsOf(aggregates: Aggregates, user: string): readonly string[] {
  const calls = Object.keys(aggregates.user(user)?.snapshot.context.legs ?? {})
  const legs = calls.flatMap((id) => Object.values(aggregates.call(id)?.snapshot.context.legs ?? {}))
  return [...new Set(legs.flatMap((leg) => leg.user ?? []))]
}

/** Is the call to which a supervisor listens no conference of another agent? */
export function mayAddParty(aggregates: Aggregates, agent: string): boolean {
  const call = aggregates.call(aggregates.user(agent)?.snapshot.context.monitored?.of ?? '')
  return !isControlledByOther(call?.snapshot.context.conference, agent)
}

function tasksOf(user: UserBehaviour, mrd?: string): readonly TaskDialogValue[] {
  return Object.entries(user.snapshot.context.media)
    .filter(([id]) => mrd === undefined || id === mrd)
    .flatMap(([, medium]) => Object.values(medium.getSnapshot().context.dialogs))
    .map((dialog) => dialog.getSnapshot())
    .map((snapshot) => taskValue(user.setup, taskView(snapshot)))
}

/**
 * The actor of a nonvoice dialog. `Object.hasOwn` because ids come from requests and may name a property like
 * `toString`.
 */
function taskActor(user: UserBehaviour, mrd: string, dialog: string) {
  const { media } = user.snapshot.context
  const dialogs = Object.hasOwn(media, mrd) ? media[mrd]?.getSnapshot().context.dialogs : undefined
  return dialogs && Object.hasOwn(dialogs, dialog) ? dialogs[dialog] : undefined
}

/** Is there such a dialog? */
export function isDialog(aggregates: Aggregates, id: string): boolean {
  const owner = ownerOf(id)
  if (!owner) return readCall(aggregates, id) !== undefined
  const user = aggregates.user(owner.user)
  return user !== undefined && taskActor(user, owner.mrd, id) !== undefined
}

function callsOf(user: UserBehaviour): readonly CallDialogValue[] {
  const { user: id, legs, monitored, forgotten } = user.snapshot.context
  const { platform } = user.setup.config
  const seen = Object.values(legs).filter(({ call }) => !isUnseen(call))
  return [...seen, ...(monitored ? [monitored] : [])].map(({ call }) =>
    callValueFor(call, { user: id, platform, forgotten }),
  )
}

function presenceOf(user: UserBehaviour | undefined): PresenceValue | undefined {
  if (!user) return undefined
  const { user: id, presence, actingSide } = user.snapshot.context
  const sides = Object.entries(presence).map(([side, actor]) => [side, actor.getSnapshot().value])
  return { user: id, sides: Object.fromEntries(sides), actingSide }
}

function mobileOf(user: UserBehaviour | undefined): MobileValue | undefined {
  const { mobileAgent, nailed } = user?.snapshot.context ?? {}
  if (!mobileAgent) return undefined
  return { mode: mobileAgent.mode, ...(nailed ? { nailed: nailed.isUp ? 'UP' : 'RINGS' } : {}) }
}

export interface Surroundings {
  now(): number
  /** Why the store refuses changes. All sides show OUT_OF_SERVICE then (`user 1.8`). */
  readonly storeProblem: () => string | undefined
}

export function createReads(
  aggregates: Aggregates,
  inForce: Pick<DirectoryInForce, 'current'>,
  { now, storeProblem }: Surroundings,
): Reads {
  const user = (id: string, side: Side = 'A'): UserValue | undefined => {
    const known = aggregates.user(id)
    if (!known) return undefined
    const { snapshot } = known
    return userValue(known.setup, userView(snapshot), snapshot.context.mobileSide, side)
  }
  const mediaOrUndefined = (id: string, mrd: string, side: Side = 'A'): MediaValue | undefined => {
    const known = aggregates.user(id)
    // If the directory has dropped the MRD, the medium stays in the state only because its counters are needed.
    if (!known?.setup.mrds.some(({ id: each }) => each === mrd)) return undefined
    const medium = known.snapshot.context.media[mrd]
    const { cutOff } = known.snapshot.context
    return medium && mediaValue(known.setup, mediaView(medium.getSnapshot()), side, cutOff)
  }
  const dialog = (id: string): DialogValue | undefined => {
    const owner = ownerOf(id)
    if (!owner) return readCall(aggregates, id)
    const known = aggregates.user(owner.user)
    const snapshot = known && taskActor(known, owner.mrd, id)?.getSnapshot()
    return snapshot && taskValue(known.setup, taskView(snapshot))
  }
  return {
    user,
    users: (side) => inForce.current.users.flatMap(({ id }) => user(id, side) ?? []),
    media: (id, mrd, side) => {
      const value = mediaOrUndefined(id, mrd, side)
      if (!value) throw new InvalidArgument(`no medium ${mrd} of user ${id}`)
      return value
    },
    mediaOrUndefined,
    mediaList: (id, side) =>
      aggregates.user(id) &&
      inForce.current.mediaRoutingDomains
        .filter((mrd) => mrd.id !== VOICE_MRD)
        .flatMap((mrd) => mediaOrUndefined(id, mrd.id, side) ?? []),
    dialog,
    dialogs: (id, kind, mrd) => {
      const known = aggregates.user(id)
      if (!known) return undefined
      const calls = kind === 'nonvoice' ? [] : callsOf(known)
      return kind === 'voice' ? calls : [...calls, ...tasksOf(known, mrd)]
    },
    mobile: (id) => mobileOf(aggregates.user(id)),
    presence: (id) => presenceOf(aggregates.user(id)),
    availability: (id) => aggregates.user(id)?.availability,
    callAvailability: (id) => aggregates.user(id)?.callAvailability,
    eligibility: (id) => aggregates.user(id)?.eligibility,
    staffing: (id) => staffingOf(aggregates, inForce.current, id),
    queues: () =>
      inForce.current.mediaRoutingDomains
        .filter(({ id }) => id !== VOICE_MRD)
        .flatMap(({ id, name }) => {
          const queue = aggregates.queue(id)
          return queue ? [{ mrd: id, name, ...queue.tasks.figures }] : []
        }),
    voiceQueues: () =>
      (inForce.current.queues ?? []).flatMap(({ id, name }) => {
        const queue = aggregates.voiceQueue(id)
        return queue ? [{ id, name, ...queue.figures }] : []
      }),
    queue: (id) => new QueuesNow(aggregates, inForce.current).queue(id),
    system: (side = 'A') => {
      const known = aggregates.side(side)
      if (!known) throw new InvalidArgument(`no side ${side}`)
      const value = known.value(now())
      const problem = storeProblem()
      if (problem === undefined) return value
      const statusReason = [value.statusReason, problem].filter(Boolean).join('; ')
      return { ...value, status: 'OUT_OF_SERVICE', statusReason }
    },
    faults: (side = 'A') => aggregates.side(side)?.faults ?? [],
    drain: () => drainValue(aggregates),
    isDraining: () => isDraining(aggregates),
    directory: () => inForce.current,
  }
}
