/**
 * One user in one nonvoice MRD: `media.md` 4 and the rows A1-A24 of 12.1, with the interrupts I1-I13 of 12.3.
 *
 * Dialog states live in the tasks. The agent state follows from them through one ladder, the state `deriving`, which
 * is `media.md` 4.2 from top to bottom. It is left at once; no input ever finds the machine in it.
 */
import { type ActorRefFrom, assign, emit, sendParent, setup, stopChild } from 'xstate'
import type { Effect, MediaView, OfferRefusal, TaskFacts } from './effects.ts'
import type { MediaFailure } from './failures.ts'
import type { Occurrence } from './occurrence.ts'
import { followed, MEDIA_STEPS } from './steps.ts'
import { type DialogChanged, type TaskEvent, taskMachine } from './task.ts'
import type { DialogLogoutAction, InterruptAction, MediaState, Reason, TaskAction, TaskState } from './wire.ts'

/** Settings of an MRD; a user's medium works with those of its sign-in. */
export interface MrdSettings {
  readonly interruptible: boolean
  readonly startTimeoutMs: number
  readonly maxTaskDurationMs: number
  readonly transferTimeoutMs: number
}

export interface MediaInput {
  readonly user: string
  readonly mrd: string
  /** The user belongs to the MRD (`media.md` 3.2). */
  readonly member: boolean
  readonly role: 'authority' | 'follower'
  readonly settings: MrdSettings
}

export interface MediaContext extends MediaInput {
  /** Same as the machine's state, for reports (never `deriving`). */
  readonly state: MediaState
  readonly stateChangeTime: number | null
  /** Something that clients see has changed and was not told yet. */
  readonly news: boolean
  /** What the agent last asked for: rank 2 of the ladder. */
  readonly declared: 'READY' | 'NOT_READY'
  readonly routable: boolean
  /** `routable=false` waits until no task is offered or unstarted (A18). */
  readonly notRoutableWhenStarted: boolean
  /** The mode to return to when the ACD link is back (ruling 39). */
  readonly routableBefore: boolean
  readonly connected: boolean
  readonly maxDialogLimit: number
  readonly interruptAction: InterruptAction
  readonly dialogLogoutAction: DialogLogoutAction
  readonly reason: Reason | null
  /** An interrupt was accepted and is not over. */
  readonly interrupted: boolean
  readonly dialogs: Readonly<Record<string, ActorRefFrom<typeof taskMachine>>>
  readonly dialogsEver: number
  /** Since when the agent waits for work, for "longest available first" (`media.md` 4.5). */
  readonly availableSince: number
}

export type MediaEvent =
  | ({
      readonly type: 'SIGN_IN'
      readonly maxDialogLimit: number
      readonly interruptAction: InterruptAction
      readonly dialogLogoutAction: DialogLogoutAction
      readonly settings: MrdSettings
    } & Occurrence)
  | ({ readonly type: 'READY' } & Occurrence)
  | ({ readonly type: 'NOT_READY'; readonly reason: Reason | null } & Occurrence)
  | ({ readonly type: 'SIGN_OUT'; readonly reason: Reason | null } & Occurrence)
  /** Consequence of the user's own or forced sign-out (A22). */
  | ({ readonly type: 'USER_SIGNED_OUT' } & Occurrence)
  /** Operation 5.5: out of WORK_NOT_READY. */
  | ({ readonly type: 'ACTIVATE' } & Occurrence)
  | ({ readonly type: 'ROUTABLE' } & Occurrence)
  | ({ readonly type: 'NOT_ROUTABLE' } & Occurrence)
  | ({
      readonly type: 'OFFER'
      readonly offer: string
      readonly task: TaskFacts
      readonly busyElsewhere: boolean
    } & Occurrence)
  | ({ readonly type: 'DIALOG_OFFERED'; readonly dialog: string } & Occurrence)
  | ({ readonly type: 'CUSTOMER_CANCELS'; readonly task: string } & Occurrence)
  | ({
      readonly type: 'DIALOG_ACTION'
      readonly dialog: string
      readonly action: TaskAction
      readonly target: string
      readonly targetKnown: boolean
    } & Occurrence)
  | ({ readonly type: 'RESUBMITTED'; readonly dialog: string; readonly task: string } & Occurrence)
  | ({ readonly type: 'RESUBMISSION_REFUSED'; readonly dialog: string; readonly reason: string } & Occurrence)
  | DialogChanged
  | ({ readonly type: 'INTERRUPT' } & Occurrence)
  | ({ readonly type: 'INTERRUPT_DONE' } & Occurrence)
  | ({ readonly type: 'DIALOGS_RESTORED' } & Occurrence)
  | ({ readonly type: 'STATE_TOLD' } & Occurrence)
  | ({ readonly type: 'LINK_LOST' } & Occurrence)
  | ({ readonly type: 'LINK_BACK'; readonly byItself: boolean } & Occurrence)
  | ({ readonly type: 'CONFIGURED'; readonly member: boolean; readonly settings: MrdSettings } & Occurrence)
  | ({ readonly type: 'USER_EVENT'; readonly state: MediaState; readonly routable?: boolean } & Occurrence)
  | ({
      readonly type: 'TASK_EVENT'
      readonly dialog: string
      readonly state: TaskState
      readonly variables?: TaskFacts['variables']
    } & Occurrence)

/** What a medium tells its user. */
export type MediaReport =
  /** Work began that interrupts interruptible MRDs (D5). */
  | ({ readonly type: 'WORK_JOINED'; readonly work: string; readonly mrd: string } & Occurrence)
  | ({ readonly type: 'WORK_LEFT'; readonly work: string } & Occurrence)
  | ({ readonly type: 'MEDIUM_SIGNED_OUT' } & Occurrence)

/** States of the open dialogs. */
export function dialogStates(context: Pick<MediaContext, 'dialogs'>): readonly TaskState[] {
  return Object.values(context.dialogs).map((dialog) => dialog.getSnapshot().value)
}

const holds = (context: MediaContext, ...states: readonly TaskState[]) =>
  dialogStates(context).some((state) => states.includes(state))

/** Number of open dialogs: capacity is counted, never stored. */
export const openDialogs = (context: Pick<MediaContext, 'dialogs'>): number => Object.keys(context.dialogs).length

/** Why the agent may not get a task of this MRD now (`media.md` 4.5), or `null`. */
export function refusalOf(context: MediaContext, busyElsewhere: boolean): OfferRefusal | null {
  if (context.state === 'LOGOUT') return 'NOT_SIGNED_IN'
  if (context.state === 'WORK_NOT_READY') return 'LINK_DOWN'
  if (context.declared === 'NOT_READY') return 'NOT_READY'
  if (!context.routable) return 'NOT_ROUTABLE'
  if (openDialogs(context) >= context.maxDialogLimit) return 'NO_CAPACITY'
  if (busyElsewhere) return 'BUSY_ELSEWHERE'
  return null
}

/** The medium as clients see it. */
export function mediaView(context: MediaContext): MediaView {
  const { mrd, state, stateChangeTime, routable, maxDialogLimit, interruptAction, dialogLogoutAction, reason } = context
  const { interruptible } = context.settings
  return {
    mrd,
    state,
    stateChangeTime,
    routable,
    maxDialogLimit,
    interruptAction,
    dialogLogoutAction,
    interruptible,
    reason,
    connected: context.connected,
  }
}

function taskEvent(event: Extract<MediaEvent, { type: 'DIALOG_ACTION' }>): TaskEvent {
  const { action, at, requestId, target, targetKnown } = event
  const occurrence = requestId === undefined ? { at } : { at, requestId }
  return action === 'TRANSFER' ? { type: action, target, targetKnown, ...occurrence } : { type: action, ...occurrence }
}

/** Entry of a state that clients see: note it, and tell them if it is news (A12: only if the result differs). */
const report = (state: MediaState) => [{ type: 'enter', params: { state } }, 'publishNews'] as const

const refuses = (failure: MediaFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const

const follows = (state: MediaState) =>
  ({
    guard: { type: 'isFollowedTo', params: { state } },
    target: `#media.${state}`,
    actions: [{ type: 'tellFollowed', params: { state } }, 'noteFollowed'],
  }) as const

/** Rows that every task state shares. */
const interruptible = {
  INTERRUPT: {
    guard: 'acceptsInterrupt',
    target: '#media.INTERRUPTED',
    actions: ['noteInterrupt', 'interruptDialogs'],
  },
} as const

const base = setup({
  types: {
    context: {} as MediaContext,
    events: {} as MediaEvent,
    input: {} as MediaInput,
    emitted: {} as Effect,
  },
  actors: { task: taskMachine },
  guards: {
    /** The ladder is the authority's; a follower takes what it is told. */
    isFollower: ({ context }) => context.role === 'follower',
    isFollowedToItsEnd: ({ context, event }) =>
      context.role === 'follower' && event.type === 'DIALOG_CHANGED' && event.state === 'CLOSED',
    isMember: ({ context }) => context.member,
    isDeclaredNotReady: ({ context }) => context.declared === 'NOT_READY',
    isInterrupted: ({ context }) => context.interrupted,
    worksOnADialog: ({ context }) => holds(context, 'ACCEPTED', 'ACTIVE', 'UNKNOWN'),
    wrapsUpADialog: ({ context }) => holds(context, 'WRAPPING_UP'),
    hasPausedDialog: ({ context }) => holds(context, 'PAUSED'),
    hasOfferedDialog: ({ context }) => holds(context, 'OFFERED'),
    acceptsInterrupt: ({ context }) =>
      context.role === 'authority' && context.settings.interruptible && context.interruptAction === 'ACCEPT',
    hasUnstartedDialog: ({ context }) => holds(context, 'OFFERED', 'ACCEPTED'),
    isRoutable: ({ context }) => context.routable && !context.notRoutableWhenStarted,
    isNotRoutable: ({ context }) => !context.routable || context.notRoutableWhenStarted,
    mayTakeTask: ({ context, event }) => event.type === 'OFFER' && refusalOf(context, event.busyElsewhere) === null,
    isKnownOffer: ({ context, event }) =>
      event.type === 'OFFER' &&
      Object.values(context.dialogs).some((dialog) => dialog.getSnapshot().context.offer === event.offer),
    hasDialog: ({ context, event }) => 'dialog' in event && event.dialog in context.dialogs,
    closesAfterRona: ({ event }) => event.type === 'DIALOG_CHANGED' && event.dispositionCode === 'CD_RING_NO_ANSWER',
    isClosed: ({ event }) => event.type === 'DIALOG_CHANGED' && event.state === 'CLOSED',
    startsTheLastUnstarted: ({ context, event }) =>
      event.type === 'DIALOG_CHANGED' && context.notRoutableWhenStarted && !holds(context, 'OFFERED', 'ACCEPTED'),
    returnsByItself: ({ event }) => event.type === 'LINK_BACK' && event.byItself,
    isFollowedTo: ({ context, event }, params: { state: MediaState }) =>
      context.role === 'follower' && event.type === 'USER_EVENT' && event.state === params.state,
    isFollowedDialog: ({ context, event }) =>
      context.role === 'follower' && event.type === 'TASK_EVENT' && event.dialog in context.dialogs,
    isNewFollowedDialog: ({ context, event }) =>
      context.role === 'follower' && event.type === 'TASK_EVENT' && event.state !== 'CLOSED',
  },
})

const media = base.extend({
  actions: {
    enter: assign(({ context, event }, params: { state: MediaState }) => {
      const same = context.state === params.state
      if (same && !context.news) return {}
      // A change of the mode alone is no change of state; another reason is (ruling 12).
      const stateChangeTime = same && event.type !== 'NOT_READY' ? context.stateChangeTime : event.at
      return { state: params.state, news: true, stateChangeTime }
    }),
    publishNews: base.enqueueActions(({ context, event, enqueue }) => {
      if (!context.news) return
      enqueue.assign({ news: false })
      enqueue.emit({ type: 'media.changed', media: mediaView(context), requestId: event.requestId ?? '' })
    }),
    publish: emit(
      ({ context, event }): Effect => ({
        type: 'media.changed',
        media: mediaView(context),
        requestId: event.requestId ?? '',
      }),
    ),
    takeSettings: assign(({ event }) => {
      if (event.type !== 'SIGN_IN') return {}
      const { maxDialogLimit, interruptAction, dialogLogoutAction } = event
      return { maxDialogLimit, interruptAction, dialogLogoutAction }
    }),
    signIn: assign(({ event }) => ({
      declared: 'NOT_READY' as const,
      routable: true,
      notRoutableWhenStarted: false,
      reason: null,
      availableSince: event.at,
      ...(event.type === 'SIGN_IN' ? { settings: event.settings } : {}),
    })),
    declareReady: assign(({ event }) => ({
      declared: 'READY' as const,
      routable: true,
      notRoutableWhenStarted: false,
      reason: null,
      availableSince: event.at,
    })),
    declareNotReady: assign(({ event }) => ({
      declared: 'NOT_READY' as const,
      reason: event.type === 'NOT_READY' ? event.reason : null,
      news: true,
    })),
    signOut: assign(({ event }) => ({
      reason: event.type === 'SIGN_OUT' ? event.reason : null,
      interrupted: false,
      notRoutableWhenStarted: false,
    })),
    endDialogs: base.enqueueActions(({ context, event, enqueue }) => {
      const { dialogLogoutAction } = context
      for (const dialog of Object.values(context.dialogs))
        enqueue.sendTo(dialog, { type: 'AGENT_SIGNED_OUT', dialogLogoutAction, at: event.at })
    }),
    makeRoutable: assign(({ event }) => ({ routable: true, notRoutableWhenStarted: false, availableSince: event.at })),
    makeNotRoutable: assign({ routable: false, notRoutableWhenStarted: false, news: true }),
    makeNotRoutableWhenStarted: assign({ notRoutableWhenStarted: true }),
    addDialog: assign({
      dialogsEver: ({ context }) => context.dialogsEver + 1,
      dialogs: ({ context, event, spawn }) => {
        if (event.type !== 'OFFER') return context.dialogs
        const dialog = nextDialogId(context)
        const { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs } = context.settings
        const { offer, task, at } = event
        const input = {
          dialog,
          mrd: context.mrd,
          offer,
          task,
          at,
          startTimeoutMs,
          maxTaskDurationMs,
          transferTimeoutMs,
        }
        return { ...context.dialogs, [dialog]: spawn('task', { id: dialog, input }) }
      },
    }),
    tellOffered: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'OFFER') return
      const dialog = nextDialogId(context)
      enqueue.emit({ type: 'acd', notice: { ask: 'offered', task: event.task.id, offer: event.offer, dialog } })
      // A10: the agent is RESERVED first, the dialog follows. A raised event comes after the ladder.
      enqueue.raise({ type: 'DIALOG_OFFERED', dialog, at: event.at })
    }),
    presentDialog: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_OFFERED') return
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, { type: 'PRESENT', at: event.at })
    }),
    refuseOffer: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'OFFER') return
      const reason = refusalOf(context, event.busyElsewhere) ?? 'NOT_SIGNED_IN'
      enqueue.emit({ type: 'acd', notice: { ask: 'refused', task: event.task.id, offer: event.offer, reason } })
    }),
    removeDialog: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_CHANGED') return
      const { [event.dialog]: gone, ...dialogs } = context.dialogs
      if (gone) enqueue(stopChild(gone))
      const last = Object.keys(dialogs).length === 0
      // Without a dialog there is nothing left to interrupt (I11).
      enqueue.assign({ dialogs, availableSince: event.at, interrupted: context.interrupted && !last })
    }),
    noteWork: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_CHANGED' || context.settings.interruptible || context.role === 'follower') return
      const { dialog: work, at } = event
      if (event.started) enqueue(sendParent({ type: 'WORK_JOINED', work, mrd: context.mrd, at }))
      else if (event.state === 'CLOSED') enqueue(sendParent({ type: 'WORK_LEFT', work, at }))
    }),
    actOnDialog: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_ACTION') return
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, taskEvent(event))
    }),
    passResubmission: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'RESUBMITTED' && event.type !== 'RESUBMISSION_REFUSED') return
      const { dialog: _, ...rest } = event
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, rest)
      else if (event.type === 'RESUBMITTED')
        enqueue.emit({ type: 'acd', notice: { ask: 'cancelResubmission', task: event.task, dialog: event.dialog } })
    }),
    cancelOffer: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CUSTOMER_CANCELS') return
      for (const dialog of Object.values(context.dialogs))
        if (dialog.getSnapshot().context.task.id === event.task)
          enqueue.sendTo(dialog, { type: 'CUSTOMER_CANCELS', at: event.at })
    }),
    noteInterrupt: assign({ interrupted: true }),
    interruptDialogs: base.enqueueActions(({ context, event, enqueue }) => {
      for (const dialog of Object.values(context.dialogs)) enqueue.sendTo(dialog, { type: 'INTERRUPT', at: event.at })
    }),
    endInterrupt: assign({ interrupted: false }),
    restoreDialogs: base.enqueueActions(({ context, event, enqueue, self }) => {
      for (const dialog of Object.values(context.dialogs))
        enqueue.sendTo(dialog, { type: 'INTERRUPT_DONE', at: event.at })
      // Sent, not raised: the ladder must see the dialogs after they took the event.
      enqueue.sendTo(self, { type: 'DIALOGS_RESTORED', at: event.at })
    }),
    loseLink: assign(({ context }) => ({
      connected: false,
      routable: false,
      routableBefore: context.state === 'WORK_NOT_READY' ? context.routableBefore : context.routable,
    })),
    reconnect: assign({ connected: true }),
    leaveWorkState: assign(({ context }) => ({ routable: context.routableBefore, connected: true })),
    // Raised, so that the dialogs follow the state.
    thenRepublish: base.raise(({ event }) => ({ type: 'STATE_TOLD', at: event.at })),
    republishDialogs: base.enqueueActions(({ context, event, enqueue }) => {
      for (const dialog of Object.values(context.dialogs)) enqueue.sendTo(dialog, { type: 'REPUBLISH', at: event.at })
    }),
    configure: assign(({ context, event }) => {
      if (event.type !== 'CONFIGURED') return {}
      // Settings are captured at sign-in; a signed-in medium keeps its own until then.
      return { member: event.member, settings: context.state === 'LOGOUT' ? event.settings : context.settings }
    }),
    tellSignedOut: sendParent(({ event }): MediaReport => ({ type: 'MEDIUM_SIGNED_OUT', at: event.at })),
    refuse: emit(
      ({ context, event }, params: { failure: MediaFailure }): Effect => ({
        type: 'failed',
        subject:
          event.type === 'DIALOG_ACTION'
            ? { kind: 'task', mrd: context.mrd, dialog: event.dialog }
            : { kind: 'media', mrd: context.mrd },
        failure: params.failure,
        detail: event.type === 'DIALOG_ACTION' ? event.dialog : '',
        requestId: event.requestId ?? '',
      }),
    ),
    tellFollowed: emit(
      ({ context }, params: { state: MediaState }): Effect =>
        followed(`media ${context.mrd}`, MEDIA_STEPS, context.state, params.state),
    ),
    noteFollowed: assign(({ context, event }) => {
      if (event.type !== 'USER_EVENT') return {}
      const routable = event.routable ?? context.routable
      return {
        routable,
        news: context.news || routable !== context.routable,
        declared: event.state === 'NOT_READY' ? ('NOT_READY' as const) : ('READY' as const),
      }
    }),
    followDialog: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'TASK_EVENT') return
      const { dialog: id, type: _, ...rest } = event
      const dialog = context.dialogs[id]
      if (dialog) enqueue.sendTo(dialog, { type: 'USER_EVENT', ...rest })
    }),
    addFollowedDialog: assign({
      dialogs: ({ context, event, spawn }) => {
        if (event.type !== 'TASK_EVENT') return context.dialogs
        const { dialog, at, variables = [] } = event
        const task = { id: dialog, scriptSelector: '', variables, queueNumber: '', queueName: '', associatedDialog: '' }
        const { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs } = context.settings
        const times = { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs }
        const input = { dialog, mrd: context.mrd, offer: dialog, task, at, follows: true, ...times }
        return { ...context.dialogs, [dialog]: spawn('task', { id: dialog, input }) }
      },
    }),
  },
})

/** Ids of nonvoice dialogs contain underscores and name their owner: number, user, MRD (`media.md` 1). */
const nextDialogId = ({ user, mrd, dialogsEver }: MediaContext): string => `${1000 + dialogsEver}_${user}_${mrd}`

export const mediaMachine = media.createMachine({
  id: 'media',
  context: ({ input }) => ({
    ...input,
    state: 'LOGOUT',
    stateChangeTime: null,
    news: false,
    declared: 'NOT_READY',
    routable: false,
    notRoutableWhenStarted: false,
    routableBefore: false,
    connected: true,
    maxDialogLimit: 1,
    interruptAction: 'ACCEPT',
    dialogLogoutAction: 'CLOSE',
    reason: null,
    interrupted: false,
    dialogs: {},
    dialogsEver: 0,
    availableSince: 0,
  }),
  initial: 'LOGOUT',
  // What holds in every signed-in state unless the state says otherwise.
  on: {
    SIGN_IN: { actions: ['takeSettings', { type: 'refuse', params: { failure: 'ALREADY_SIGNED_IN_TO_MEDIA' } }] }, // A2
    READY: {}, // A5, A6: 202, nothing is sent (ruling 11)
    NOT_READY: [
      { guard: 'hasOfferedDialog', ...refuses('TASK_SENT_RECENTLY') }, // A8
      { target: '.NOT_READY', actions: 'declareNotReady' }, // A7
    ],
    SIGN_OUT: { target: '.LOGOUT', actions: ['signOut', 'endDialogs', 'tellSignedOut'] }, // A21, 12.5: dialogs end first
    USER_SIGNED_OUT: { target: '.LOGOUT', actions: ['signOut', 'endDialogs', 'tellSignedOut'] }, // A22
    ACTIVATE: refuses('ACTION_OUT_OF_SEQUENCE'), // 5.5 leaves the work state only
    ROUTABLE: [
      { guard: 'isRoutable', ...refuses('ALREADY_IN_REQUESTED_MODE') }, // A19
      { actions: ['makeRoutable', 'publish'] }, // A17
    ],
    NOT_ROUTABLE: [
      { guard: 'isNotRoutable', ...refuses('ALREADY_IN_REQUESTED_MODE') }, // A19
      { guard: 'hasUnstartedDialog', actions: 'makeNotRoutableWhenStarted' }, // A18
      { actions: ['makeNotRoutable', 'publishNews'] }, // A17
    ],
    OFFER: [
      { guard: 'isKnownOffer' },
      { guard: 'mayTakeTask', target: '.deriving', actions: ['tellOffered', 'addDialog'] }, // A10, A11
      { actions: 'refuseOffer' },
    ],
    DIALOG_OFFERED: { actions: 'presentDialog' },
    DIALOG_CHANGED: [
      { guard: 'isFollowedToItsEnd', actions: 'removeDialog' },
      { guard: 'isFollower' },
      { guard: 'closesAfterRona', target: '.deriving', actions: ['removeDialog', 'makeNotRoutable', 'noteWork'] }, // A20, R4
      { guard: 'isClosed', target: '.deriving', actions: ['removeDialog', 'noteWork'] }, // A12, A13
      { guard: 'startsTheLastUnstarted', target: '.deriving', actions: ['makeNotRoutable', 'noteWork'] }, // A18
      { target: '.deriving', actions: 'noteWork' }, // A12
    ],
    DIALOG_ACTION: [
      { guard: 'isInterrupted', ...refuses('DIALOG_INTERRUPTED') }, // I10, ruling 9
      { guard: 'hasDialog', actions: 'actOnDialog' },
      refuses('DIALOG_VANISHED'),
    ],
    CUSTOMER_CANCELS: { actions: 'cancelOffer' },
    RESUBMITTED: { actions: 'passResubmission' },
    RESUBMISSION_REFUSED: { actions: 'passResubmission' },
    INTERRUPT_DONE: { guard: 'isInterrupted', actions: ['endInterrupt', 'restoreDialogs'] }, // I7, I8
    DIALOGS_RESTORED: { target: '.deriving' }, // A16
    LINK_LOST: { target: '.WORK_NOT_READY', actions: 'loseLink' }, // A23, P5
    STATE_TOLD: { actions: 'republishDialogs' },
    CONFIGURED: { actions: 'configure' },
    USER_EVENT: [
      follows('LOGOUT'),
      follows('NOT_READY'),
      follows('READY'),
      follows('RESERVED'),
      follows('ACTIVE'),
      follows('PAUSED'),
      follows('WORK_READY'),
      follows('INTERRUPTED'),
      follows('WORK_NOT_READY'),
    ],
    TASK_EVENT: [
      { guard: 'isFollowedDialog', actions: 'followDialog' },
      { guard: 'isNewFollowedDialog', actions: ['addFollowedDialog', 'followDialog'] },
    ],
  },
  states: {
    LOGOUT: {
      entry: report('LOGOUT'),
      on: {
        SIGN_IN: [
          { guard: 'isMember', target: 'LOGIN', actions: ['takeSettings', 'signIn'] }, // A1
          refuses('NOT_A_MEMBER_OF_MEDIA'), // ruling 35
        ],
        // A24
        READY: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        NOT_READY: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        SIGN_OUT: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        ACTIVATE: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        ROUTABLE: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        NOT_ROUTABLE: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        DIALOG_ACTION: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        OFFER: { actions: 'refuseOffer' },
        DIALOG_CHANGED: { actions: ['removeDialog', 'noteWork'] },
        USER_SIGNED_OUT: {},
        DIALOGS_RESTORED: {},
        LINK_LOST: {},
        LINK_BACK: {},
      },
    },
    LOGIN: { always: 'NOT_READY' }, // transient, never seen (ruling 38)
    deriving: {
      // `media.md` 4.2, first match wins.
      always: [
        { guard: 'isDeclaredNotReady', target: 'NOT_READY' },
        { guard: 'isInterrupted', target: 'INTERRUPTED' },
        { guard: 'worksOnADialog', target: 'ACTIVE' },
        { guard: 'wrapsUpADialog', target: 'WORK_READY' },
        { guard: 'hasPausedDialog', target: 'PAUSED' },
        { guard: 'hasOfferedDialog', target: 'RESERVED' },
        { target: 'READY' },
      ],
    },
    NOT_READY: {
      entry: report('NOT_READY'), // A14: no news when a dialog closes
      on: { READY: { target: 'deriving', actions: 'declareReady' } }, // A3, A4
    },
    READY: { entry: report('READY') }, // I3: an interrupt finds nothing to interrupt
    RESERVED: { entry: report('RESERVED'), on: interruptible }, // I1, I2
    ACTIVE: { entry: report('ACTIVE'), on: interruptible },
    PAUSED: { entry: report('PAUSED'), on: interruptible },
    WORK_READY: { entry: report('WORK_READY'), on: interruptible },
    INTERRUPTED: { entry: report('INTERRUPTED') }, // I5: a second advisory changes nothing
    WORK_NOT_READY: {
      entry: report('WORK_NOT_READY'),
      on: {
        NOT_READY: {},
        LINK_LOST: {},
        LINK_BACK: [
          { guard: 'returnsByItself', target: 'deriving', actions: ['leaveWorkState', 'thenRepublish'] }, // P7
          { actions: ['reconnect', 'thenRepublish'] },
        ],
        ACTIVATE: { target: 'deriving', actions: 'leaveWorkState' }, // 5.5
        DIALOG_CHANGED: [{ guard: 'isClosed', actions: ['removeDialog', 'noteWork'] }, { actions: 'noteWork' }],
        DIALOGS_RESTORED: {},
      },
    },
  },
})
