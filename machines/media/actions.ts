/** The actions of a medium. */
import { assertEvent, assign, emit, enqueueActions, stopChild } from 'xstate'
import type { Effect, OfferRefusal } from '../effects.ts'
import type { MediaFailure } from '../failures.ts'
import type { TaskEvent } from '../task/model.ts'
import type { MediaState } from '../wire.ts'
import { guarded } from './guards.ts'
import {
  type MediaContext,
  type MediaEvent,
  type MediaReport,
  mediaView,
  openDialogs,
  refusalWhileServed,
  settingsInForce,
  UNKNOWN_SETTINGS,
} from './model.ts'

function taskEvent(event: Extract<MediaEvent, { type: 'DIALOG_ACTION' }>): TaskEvent {
  const { action, at, requestId, target, targetKnown } = event
  const occurrence = requestId === undefined ? { at } : { at, requestId }
  return action === 'TRANSFER' ? { type: action, target, targetKnown, ...occurrence } : { type: action, ...occurrence }
}

/** The settings of a sign-in, for each side that learns them. */
const learned = ({ knownOn, signIn }: Extract<MediaEvent, { type: 'SIGN_IN' }>) =>
  Object.fromEntries(knownOn.map((side) => [side, signIn]))

/** Ids of nonvoice dialogs are `number_user_mrd` (`media 1`). */
const nextDialogId = ({ user, mrd, dialogsEver }: MediaContext): string => `${1000 + dialogsEver}_${user}_${mrd}`

/** The routable mode from before WORK_NOT_READY. It stays the same if that state is entered again from itself. */
const modeToReturnTo = ({ left, routable, routableBefore }: MediaContext): boolean =>
  left === 'WORK_NOT_READY' ? routableBefore : routable

/** The settings of the MRD that a task needs. */
export const timesOf = ({ settings }: MediaContext) => {
  const { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs, taskLifeMs, losesTransfers } = settings
  return { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs, taskLifeMs, losesTransfers }
}

/**
 * Publishes the medium when a state was entered, unless nothing has changed. A change of the routable mode alone keeps
 * `stateChangeTime`. A new reason of NOT_READY counts as a change of the state (ruling 12).
 */
const tell = enqueueActions<
  MediaContext,
  MediaEvent,
  { state: MediaState },
  MediaEvent,
  never,
  never,
  never,
  never,
  Effect
>(({ context, event, enqueue }, { state }) => {
  const isSame = context.left === state
  if (isSame && !context.news) return enqueue.assign({ left: null })
  const stateChangeTime = isSame && event.type !== 'NOT_READY' ? context.stateChangeTime : event.at
  enqueue.assign({ left: null, news: false, stateChangeTime })
  const media = mediaView({ value: state, context: { ...context, stateChangeTime } })
  enqueue.emit({ type: 'media.changed', media, requestId: event.requestId ?? '' })
})

/** The setup of the medium's chart: guards and actions. */
export const media = guarded.extend({
  actions: {
    leave: assign((_, { state: left }: { state: MediaState }) => ({ left })),
    tell,
    /**
     * Forgets the settings of earlier sign-ins. If the agent signs in on a side that is not the acting one, the acting
     * side does not know the settings and uses `UNKNOWN_SETTINGS`.
     */
    takeFirstSettings: assign(({ event }) => {
      assertEvent(event, 'SIGN_IN')
      return { actingSide: event.actingSide, signIns: { [event.actingSide]: UNKNOWN_SETTINGS, ...learned(event) } }
    }),
    /** The settings that the other side knows stay as they are. */
    takeSettings: assign(({ context, event }) => {
      assertEvent(event, 'SIGN_IN')
      return { actingSide: event.actingSide, signIns: { ...context.signIns, ...learned(event) } }
    }),
    noteWhoActs: assign(({ event }) => {
      assertEvent(event, 'MOVED')
      return { actingSide: event.side }
    }),
    takeSettingsAlong: assign(({ context, event }) => {
      assertEvent(event, 'MOVED')
      return { actingSide: event.side, signIns: { ...context.signIns, [event.side]: settingsInForce(context) } }
    }),
    /** The new acting side does not know the sign-in, so no tasks come until the agent signs in there. */
    awaitSignIn: assign(({ context, event }) => {
      assertEvent(event, 'MOVED')
      return {
        actingSide: event.side,
        connected: true,
        routable: false,
        routableBefore: modeToReturnTo(context),
      }
    }),
    /**
     * With open dialogs `declared` stays as it was. Without any the agent becomes NOT_READY (P6). Open dialogs keep the
     * MRD as interruptible as it was: a started dialog that interrupted other MRDs has to end that interrupt.
     */
    signInAgain: assign(({ context, event }) => {
      assertEvent(event, 'SIGN_IN')
      const isWithoutDialogs = openDialogs(context) === 0
      const { interruptible } = isWithoutDialogs ? event.settings : context.settings
      return {
        declared: isWithoutDialogs ? ('NOT_READY' as const) : context.declared,
        routable: true,
        notRoutableWhenStarted: false,
        connected: true,
        reason: null,
        availableSince: event.at,
        settings: { ...event.settings, interruptible },
      }
    }),
    signIn: assign(({ event }) => {
      assertEvent(event, 'SIGN_IN')
      return {
        declared: 'NOT_READY' as const,
        routable: true,
        notRoutableWhenStarted: false,
        reason: null,
        availableSince: event.at,
        settings: event.settings,
      }
    }),
    declareReady: assign(({ event }) => ({
      declared: 'READY' as const,
      routable: true,
      notRoutableWhenStarted: false,
      reason: null,
      availableSince: event.at,
    })),
    declareNotReady: assign(({ event }) => {
      assertEvent(event, 'NOT_READY')
      return { declared: 'NOT_READY' as const, reason: event.reason, news: true }
    }),
    signOut: assign(({ event }) => ({
      reason: event.type === 'SIGN_OUT' ? event.reason : null,
      interrupted: false,
      notRoutableWhenStarted: false,
    })),
    endDialogs: guarded.enqueueActions(({ context, event, enqueue }) => {
      const { dialogLogoutAction } = settingsInForce(context)
      for (const dialog of Object.values(context.dialogs))
        enqueue.sendTo(dialog, { type: 'AGENT_SIGNED_OUT', dialogLogoutAction, at: event.at })
    }),
    makeRoutable: assign(({ event }) => ({
      routable: true,
      notRoutableWhenStarted: false,
      availableSince: event.at,
      news: true,
    })),
    makeNotRoutable: assign(({ context }) => ({
      routable: false,
      notRoutableWhenStarted: false,
      news: context.news || context.routable,
    })),
    makeNotRoutableWhenStarted: assign({ notRoutableWhenStarted: true }),
    stayRoutable: assign({ notRoutableWhenStarted: false }),
    addDialog: assign({
      dialogsEver: ({ context }) => context.dialogsEver + 1,
      dialogs: ({ context, event, spawn }) => {
        assertEvent(event, 'OFFER')
        const dialog = nextDialogId(context)
        const { offer, task, at } = event
        const input = { dialog, mrd: context.mrd, offer, task, at, ...timesOf(context) }
        return { ...context.dialogs, [dialog]: spawn('task', { id: dialog, input }) }
      },
    }),
    tellOffered: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'OFFER')
      const dialog = nextDialogId(context)
      enqueue.emit({ type: 'acd', notice: { ask: 'offered', task: event.task.id, offer: event.offer, dialog } })
      // A10: the agent becomes RESERVED before the dialog is published. The raised event comes after `deriving`.
      enqueue.raise({ type: 'DIALOG_OFFERED', dialog, at: event.at })
    }),
    presentDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'DIALOG_OFFERED')
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, { type: 'PRESENT', at: event.at })
    }),
    /**
     * `reason`: why offers are refused in this state. Without it, the reason is the condition that fails (`media 4.5`).
     */
    refuseOffer: emit(({ context, event }, params: { reason: OfferRefusal } | undefined): Effect => {
      assertEvent(event, 'OFFER')
      const reason = params?.reason ?? refusalWhileServed(context, event.busyElsewhere) ?? 'RULES'
      return { type: 'acd', notice: { ask: 'refused', task: event.task.id, offer: event.offer, reason } }
    }),
    removeDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'DIALOG_CHANGED')
      const { [event.dialog]: gone, ...dialogs } = context.dialogs
      if (gone) enqueue(stopChild(gone))
      const last = Object.keys(dialogs).length === 0
      // The interrupt ends with the last dialog, because there is nothing left to interrupt (I11).
      enqueue.assign({ dialogs, availableSince: event.at, interrupted: context.interrupted && !last })
    }),
    noteWork: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'DIALOG_CHANGED')
      const { dialog: work, at } = event
      const report = (told: MediaReport) => enqueue({ type: 'report', params: { report: told } })
      if (event.state === 'CLOSED') report({ type: 'DIALOG_CLOSED', dialog: work, at })
      if (context.settings.interruptible) return
      if (event.started) report({ type: 'WORK_JOINED', work, mrd: context.mrd, at })
      else if (event.state === 'CLOSED') report({ type: 'WORK_LEFT', work, at })
    }),
    actOnDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'DIALOG_ACTION')
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, taskEvent(event))
    }),
    /** Passes an event to all dialogs. */
    tellDialogs: guarded.enqueueActions(({ context, event, enqueue }) => {
      const { at } = event
      for (const dialog of Object.values(context.dialogs))
        if (event.type === 'PERIPHERAL_LOST') enqueue.sendTo(dialog, { type: event.type, both: event.both, at })
        else if (
          event.type === 'ACTING_SIDE_DOWN' ||
          event.type === 'ACTING_SIDE_UP' ||
          event.type === 'PATH_LOST' ||
          event.type === 'PATH_BACK'
        )
          enqueue.sendTo(dialog, { type: event.type, at })
    }),
    notePath: assign({ pathUp: ({ event }) => event.type === 'PATH_BACK' }),
    stayNotRoutable: assign({ routableBefore: false, notRoutableWhenStarted: false }),
    passResubmission: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, ['RESUBMITTED', 'RESUBMISSION_REFUSED'])
      const { dialog: _, ...rest } = event
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, rest)
      else if (event.type === 'RESUBMITTED')
        enqueue.emit({
          type: 'acd',
          notice: { ask: 'cancelResubmission', task: event.task, dialog: event.dialog, attempt: event.attempt },
        })
    }),
    cancelOffer: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'CUSTOMER_CANCELS')
      for (const dialog of Object.values(context.dialogs))
        if (dialog.getSnapshot().context.task.id === event.task)
          enqueue.sendTo(dialog, { type: 'CUSTOMER_CANCELS', at: event.at })
    }),
    noteInterrupt: assign({ interrupted: true }),
    interruptDialogs: guarded.enqueueActions(({ context, event, enqueue }) => {
      for (const dialog of Object.values(context.dialogs)) enqueue.sendTo(dialog, { type: 'INTERRUPT', at: event.at })
    }),
    endInterrupt: assign({ interrupted: false }),
    restoreDialogs: guarded.enqueueActions(({ context, event, enqueue, self }) => {
      for (const dialog of Object.values(context.dialogs))
        enqueue.sendTo(dialog, { type: 'INTERRUPT_DONE', at: event.at })
      // Sent, not raised, so that the dialogs have taken their events before `deriving` reads their states.
      enqueue.sendTo(self, { type: 'DIALOGS_RESTORED', at: event.at })
    }),
    loseLink: assign(({ context }) => ({
      connected: false,
      routable: false,
      routableBefore: modeToReturnTo(context),
    })),
    reconnect: assign({ connected: true }),
    leaveWorkState: assign(({ context }) => ({ routable: context.routableBefore, connected: true })),
    republishDialogs: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'REPUBLISH')
      for (const dialog of Object.values(context.dialogs)) enqueue.sendTo(dialog, event)
    }),
    configure: assign(({ event }) => {
      assertEvent(event, 'CONFIGURED')
      return { member: event.member, settings: event.settings }
    }),
    /** The new settings count from the next sign-in on, so they are not stored here. */
    noteMembership: assign(({ event }) => {
      assertEvent(event, 'CONFIGURED')
      return { member: event.member }
    }),
    tellSignedIn: guarded.enqueueActions(({ event, enqueue }) => {
      assertEvent(event, 'SIGN_IN')
      enqueue({ type: 'report', params: { report: { type: 'MEDIUM_SIGNED_IN', side: event.side, at: event.at } } })
    }),
    tellSignedOut: guarded.enqueueActions(({ event: { at }, enqueue }) => {
      enqueue({ type: 'report', params: { report: { type: 'MEDIUM_SIGNED_OUT', at } } })
    }),
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
  },
})
