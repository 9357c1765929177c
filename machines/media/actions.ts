/** The effects of a medium's rows, in words. */
import { assign, emit, stopChild } from 'xstate'
import type { Effect } from '../effects.ts'
import type { MediaFailure } from '../failures.ts'
import { followed, MEDIA_STEPS } from '../steps.ts'
import type { TaskEvent } from '../task/model.ts'
import type { MediaState } from '../wire.ts'
import { guarded } from './guards.ts'
import {
  type MediaContext,
  type MediaEvent,
  type MediaReport,
  mediaView,
  openDialogs,
  refusalOf,
  settingsInForce,
  UNKNOWN_SETTINGS,
} from './model.ts'

function taskEvent(event: Extract<MediaEvent, { type: 'DIALOG_ACTION' }>): TaskEvent {
  const { action, at, requestId, target, targetKnown } = event
  const occurrence = requestId === undefined ? { at } : { at, requestId }
  return action === 'TRANSFER' ? { type: action, target, targetKnown, ...occurrence } : { type: action, ...occurrence }
}

/** What the sides that hear of a sign-in know from then on. */
const learned = ({ knownOn, signIn }: Extract<MediaEvent, { type: 'SIGN_IN' }>) =>
  Object.fromEntries(knownOn.map((side) => [side, signIn]))

/** Ids of nonvoice dialogs contain underscores and name their owner: number, user, MRD (`media 1`). */
const nextDialogId = ({ user, mrd, dialogsEver }: MediaContext): string => `${1000 + dialogsEver}_${user}_${mrd}`

/** The mode of before the work state, however often that is entered. */
const modeToReturnTo = ({ state, routable, routableBefore }: MediaContext): boolean =>
  state === 'WORK_NOT_READY' ? routableBefore : routable

/** Guards and actions together: the words that the chart is written in. */
export const media = guarded.extend({
  actions: {
    enter: assign(({ context, event }, params: { state: MediaState }) => {
      const same = context.state === params.state
      if (same && !context.news) return {}
      // A change of the mode alone is no change of state; another reason is (ruling 12).
      const stateChangeTime = same && event.type !== 'NOT_READY' ? context.stateChangeTime : event.at
      return { state: params.state, news: true, stateChangeTime }
    }),
    publishNews: guarded.enqueueActions(({ context, event, enqueue }) => {
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
    /** Of the sign-ins of before nothing is left; what acts already, but is not where the agent is, acts blindly. */
    takeFirstSettings: assign(({ event }) =>
      event.type === 'SIGN_IN'
        ? { actingSide: event.actingSide, signIns: { [event.actingSide]: UNKNOWN_SETTINGS, ...learned(event) } }
        : {},
    ),
    /** The other side keeps its own. */
    takeSettings: assign(({ context, event }) =>
      event.type === 'SIGN_IN'
        ? { actingSide: event.actingSide, signIns: { ...context.signIns, ...learned(event) } }
        : {},
    ),
    noteWhoActs: assign(({ event }) => (event.type === 'MOVED' ? { actingSide: event.side } : {})),
    takeSettingsAlong: assign(({ context, event }) =>
      event.type === 'MOVED'
        ? { actingSide: event.side, signIns: { ...context.signIns, [event.side]: settingsInForce(context) } }
        : {},
    ),
    /** Who acts now knows of no sign-in, and until the next no tasks come. */
    awaitSignIn: assign(({ context, event }) => ({
      ...(event.type === 'MOVED' ? { actingSide: event.side } : {}),
      connected: true,
      routable: false,
      routableBefore: modeToReturnTo(context),
    })),
    /** As it was where there is work; without any NOT_READY, whatever was asked for before (P6). */
    signInAgain: assign(({ context, event }) => ({
      declared: openDialogs(context) === 0 ? ('NOT_READY' as const) : context.declared,
      routable: true,
      notRoutableWhenStarted: false,
      connected: true,
      reason: null,
      availableSince: event.at,
      ...(event.type === 'SIGN_IN' ? { settings: event.settings } : {}),
    })),
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
    endDialogs: guarded.enqueueActions(({ context, event, enqueue }) => {
      const { dialogLogoutAction } = settingsInForce(context)
      for (const dialog of Object.values(context.dialogs))
        enqueue.sendTo(dialog, { type: 'AGENT_SIGNED_OUT', dialogLogoutAction, at: event.at })
    }),
    makeRoutable: assign(({ event }) => ({ routable: true, notRoutableWhenStarted: false, availableSince: event.at })),
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
        if (event.type !== 'OFFER') return context.dialogs
        const dialog = nextDialogId(context)
        const { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs, taskLifeMs, losesTransfers } = context.settings
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
          taskLifeMs,
          losesTransfers,
        }
        return { ...context.dialogs, [dialog]: spawn('task', { id: dialog, input }) }
      },
    }),
    tellOffered: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'OFFER') return
      const dialog = nextDialogId(context)
      enqueue.emit({ type: 'acd', notice: { ask: 'offered', task: event.task.id, offer: event.offer, dialog } })
      // A10: the agent is RESERVED first, the dialog follows. A raised event comes after the ladder.
      enqueue.raise({ type: 'DIALOG_OFFERED', dialog, at: event.at })
    }),
    presentDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_OFFERED') return
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, { type: 'PRESENT', at: event.at })
    }),
    refuseOffer: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'OFFER') return
      const reason = refusalOf(context, event.busyElsewhere) ?? 'NOT_SIGNED_IN'
      enqueue.emit({ type: 'acd', notice: { ask: 'refused', task: event.task.id, offer: event.offer, reason } })
    }),
    removeDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_CHANGED') return
      const { [event.dialog]: gone, ...dialogs } = context.dialogs
      if (gone) enqueue(stopChild(gone))
      const last = Object.keys(dialogs).length === 0
      // Without a dialog there is nothing left to interrupt (I11).
      enqueue.assign({ dialogs, availableSince: event.at, interrupted: context.interrupted && !last })
    }),
    noteWork: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_CHANGED' || context.role === 'follower') return
      const { dialog: work, at } = event
      const report = (told: MediaReport) => enqueue({ type: 'report', params: { report: told } })
      if (event.state === 'CLOSED') report({ type: 'DIALOG_CLOSED', dialog: work, at })
      if (context.settings.interruptible) return
      if (event.started) report({ type: 'WORK_JOINED', work, mrd: context.mrd, at })
      else if (event.state === 'CLOSED') report({ type: 'WORK_LEFT', work, at })
    }),
    actOnDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'DIALOG_ACTION') return
      const dialog = context.dialogs[event.dialog]
      if (dialog) enqueue.sendTo(dialog, taskEvent(event))
    }),
    /** What happens to all dialogs alike. */
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
      if (event.type !== 'RESUBMITTED' && event.type !== 'RESUBMISSION_REFUSED') return
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
      if (event.type !== 'CUSTOMER_CANCELS') return
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
      // Sent, not raised: the ladder must see the dialogs after they took the event.
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
      if (event.type !== 'REPUBLISH') return
      for (const dialog of Object.values(context.dialogs)) enqueue.sendTo(dialog, event)
    }),
    configure: assign(({ context, event }) => {
      if (event.type !== 'CONFIGURED') return {}
      // Settings are captured at sign-in; a signed-in medium keeps its own until then.
      return { member: event.member, settings: context.state === 'LOGOUT' ? event.settings : context.settings }
    }),
    tellSignedIn: guarded.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'SIGN_IN') return
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
    followDialog: guarded.enqueueActions(({ context, event, enqueue }) => {
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
        const { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs, taskLifeMs, losesTransfers } = context.settings
        const times = { startTimeoutMs, maxTaskDurationMs, transferTimeoutMs, taskLifeMs, losesTransfers }
        const input = { dialog, mrd: context.mrd, offer: dialog, task, at, follows: true, ...times }
        return { ...context.dialogs, [dialog]: spawn('task', { id: dialog, input }) }
      },
    }),
  },
})
