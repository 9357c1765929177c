/**
 * The state of a user at a moment, as plain data for explanations. Every value comes from the machines; no rule is
 * computed here again.
 */
import type { CallView, MediaView, OfferRefusal, TaskView, UserView } from '../../../machines/effects.ts'
import { mediaView, taskView, userView } from '../../../machines/index.ts'
import { refusalOf } from '../../../machines/media/model.ts'
import { isBusyElsewhere } from '../../../machines/user/model.ts'
import type { LegState, Side } from '../../../machines/wire.ts'
import type { Aggregate } from '../../engine/aggregate/aggregate.ts'
import { UserBehaviour } from '../../engine/aggregate/user/behaviour.ts'
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import type { Subject } from './explanation.ts'

export interface MediumPicture {
  readonly view: MediaView
  readonly member: boolean
  readonly declared: 'READY' | 'NOT_READY'
  readonly interrupted: boolean
  /** The agent asked for `routable=false`, which takes effect when no task is offered or unstarted. */
  readonly modeIsDeferred: boolean
  readonly openDialogs: number
  /** Why the agent gets no task now; `null` if a task may come. */
  readonly refusal: OfferRefusal | null
}

export interface TaskPicture {
  readonly view: TaskView
  readonly beforeInterrupt: string | null
  /** Script selector of a transfer that the ACD has not answered yet. */
  readonly transferTo: string | null
}

export interface CallPicture {
  readonly leg: LegState
  readonly view: CallView
  readonly stateChangeTime: number
}

export interface Picture {
  readonly setup: UserSetup
  readonly voice: UserView
  readonly beforeCall: 'READY' | 'NOT_READY' | null
  readonly media: Readonly<Record<string, MediumPicture>>
  readonly tasks: Readonly<Record<string, TaskPicture>>
  readonly calls: Readonly<Record<string, CallPicture>>
  readonly presence: Readonly<
    Record<string, { readonly state: string; readonly sessions: number; readonly graceMs: number }>
  >
  /** Open work that interrupts other media. */
  readonly work: readonly { readonly id: string; readonly mrd: string }[]
  /** Work that must be finished before another task is offered. */
  readonly finishFirst: readonly string[]
  /** Id of the supervisor who listens to the user's calls; `null` if nobody does. */
  readonly listener: string | null
  readonly cutOff: readonly Side[]
  /** Sides on which undelivered notifications wait for the user. */
  readonly awaited: readonly Side[]
  readonly actingSide: Side
}

/** The current state of a user aggregate; `undefined` before its first configuration. */
export function pictureOf(aggregate: Aggregate): Picture | undefined {
  const { behaviour } = aggregate
  if (!(behaviour instanceof UserBehaviour) || !behaviour.isConfigured) return undefined
  const { context } = behaviour.snapshot
  const media: Record<string, MediumPicture> = {}
  const tasks: Record<string, TaskPicture> = {}
  for (const [mrd, actor] of Object.entries(context.media)) {
    const snapshot = actor.getSnapshot()
    const medium = snapshot.context
    const dialogs = Object.entries(medium.dialogs)
    media[mrd] = {
      view: mediaView(snapshot),
      member: medium.member,
      declared: medium.declared,
      interrupted: medium.interrupted,
      modeIsDeferred: medium.notRoutableWhenStarted,
      openDialogs: dialogs.length,
      refusal: refusalOf(snapshot, isBusyElsewhere(context, mrd)),
    }
    for (const [id, dialog] of dialogs) {
      const standing = dialog.getSnapshot()
      const { context: task } = standing
      const { transfer } = task
      const beforeInterrupt = task.isForgotten ? null : task.beforeInterrupt
      tasks[id] = { view: taskView(standing), beforeInterrupt, transferTo: transfer?.scriptSelector ?? null }
    }
  }
  const calls: Record<string, CallPicture> = {}
  for (const [id, { state: leg, call }] of Object.entries(context.legs)) {
    const own = call.legs.find((each) => each.user === context.user)
    calls[id] = { leg, view: call, stateChangeTime: own?.stateChangeTime ?? 0 }
  }
  const presence = Object.fromEntries(
    Object.entries(context.presence).map(([side, actor]) => {
      const { value, context: watch } = actor.getSnapshot()
      return [side, { state: value, sessions: watch.sessions.length, graceMs: watch.graceMs }]
    }),
  )
  const { work, finishFirst, cutOff, actingSide } = context
  const beforeCall = context.beforeCall?.state ?? null
  return {
    setup: behaviour.setup,
    voice: userView(behaviour.snapshot),
    beforeCall,
    media,
    tasks,
    calls,
    presence,
    work,
    finishFirst,
    listener: context.monitored?.call.monitor?.supervisor ?? null,
    cutOff,
    awaited: behaviour.setup.sides.filter((side) => behaviour.isAwaited(side)),
    actingSide,
  }
}

/** A unique key for a subject. */
export function keyOf(subject: Subject): string {
  switch (subject.kind) {
    case 'voice':
      return 'voice'
    case 'media':
      return `media:${subject.mrd}`
    case 'dialog':
      return `dialog:${subject.dialog}`
    case 'call':
      return `call:${subject.dialog}`
    case 'presence':
      return `presence:${subject.side}`
  }
}

/** The state of a subject and the time when it was entered; `time` is `null` if the machines do not keep it. */
export interface Mark {
  readonly subject: Subject
  readonly state: string
  readonly time: number | null
}

/** The states of all subjects of a picture, by `keyOf`. */
export function marksOf(picture: Picture): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>()
  const add = (subject: Subject, state: string, time: number | null) =>
    marks.set(keyOf(subject), { subject, state, time })
  add({ kind: 'voice' }, picture.voice.state, picture.voice.stateChangeTime)
  for (const [mrd, { view, member }] of Object.entries(picture.media))
    if (member || view.state !== 'LOGOUT') add({ kind: 'media', mrd }, view.state, view.stateChangeTime)
  for (const [dialog, { view }] of Object.entries(picture.tasks))
    add({ kind: 'dialog', dialog, mrd: view.mrd }, view.state, view.stateChangeTime)
  for (const [dialog, { leg, stateChangeTime }] of Object.entries(picture.calls))
    add({ kind: 'call', dialog }, leg, stateChangeTime)
  for (const [side, { state }] of Object.entries(picture.presence)) add({ kind: 'presence', side }, state, null)
  return marks
}
