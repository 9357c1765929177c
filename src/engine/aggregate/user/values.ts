/** Makes public values of machine views and the names of the directory. */
import type { CallView, MediaView, SignInSettings, TaskView, UserView } from '../../../../machines/effects.ts'
import { legActions, seenBy, UNKNOWN_SETTINGS } from '../../../../machines/index.ts'
import type { Side } from '../../../../machines/wire.ts'
import type { CallDialogValue, MediaValue, TaskDialogValue, UserValue } from '../../values.ts'
import type { UserSetup } from './setup.ts'

/** States that have a reason code on the wire (ruling 5). */
const WITH_REASON: ReadonlySet<string> = new Set(['NOT_READY', 'LOGOUT'])

/** `mobileSide`: the side of the mobile sign-in. Only that side shows it (`user 7`). */
export function userValue(setup: UserSetup, view: UserView, mobileSide: Side | null, side: Side): UserValue {
  const { state, stateChangeTime, pendingState, reason, extension, mobileAgent } = view
  const shown = WITH_REASON.has(state)
  return {
    kind: 'user',
    ...setup.profile,
    state,
    stateChangeTime,
    pendingState,
    ...(shown && reason ? { reason } : {}),
    reasonCodeId: shown ? (reason?.id ?? '-1') : null,
    extension,
    ...(mobileAgent && mobileSide === side ? { mobileAgent } : {}),
  }
}

/** The three settings that `side` shows. It does not know those of a sign-in on another side (`media 3.3`). */
function settingsOn(side: Side, { config }: UserSetup, view: MediaView): SignInSettings {
  const { maxDialogLimit, interruptAction, dialogLogoutAction } = view
  if (!config.forgets) return { maxDialogLimit, interruptAction, dialogLogoutAction }
  return view.signIns[side] ?? UNKNOWN_SETTINGS
}

/**
 * The value that `side` shows. `cutOff`: the sides without a link to the ACD. For a user who is not in the MRD it is
 * the short form of `media 3.2`.
 */
export function mediaValue(setup: UserSetup, view: MediaView, side: Side, cutOff: readonly Side[]): MediaValue {
  const mrd = setup.mrds.find((each) => each.id === view.mrd)
  const base = {
    kind: 'media' as const,
    user: setup.profile.id,
    id: view.mrd,
    name: mrd?.name ?? '',
    description: mrd?.description ?? '',
  }
  if (!setup.config.mrds[view.mrd]?.member) return { ...base, interruptible: mrd?.interruptible ?? false }
  const { state, stateChangeTime, routable, reason } = view
  return {
    ...base,
    interruptible: state === 'LOGOUT' ? (mrd?.interruptible ?? false) : view.interruptible,
    status: {
      state,
      stateChangeTime,
      routable,
      ...settingsOn(side, setup, view),
      ...(reason ? { reason } : {}),
      reasonCodeId: reason?.id ?? (WITH_REASON.has(state) ? '-1' : ''),
      mediaConnected: !cutOff.includes(side),
    },
  }
}

/** `callKey` is made from the day and the number in the dialog id, which is unique. */
export function taskValue(setup: UserSetup, view: TaskView): TaskDialogValue {
  const { dialog, mrd, task, state, dispositionCode, actions, startTime, stateChangeTime } = view
  return {
    kind: 'task',
    id: dialog,
    user: setup.profile.id,
    mrd,
    mediaType: setup.mrds.find((each) => each.id === mrd)?.name ?? '',
    associatedDialog: task.associatedDialog,
    queueNumber: task.queueNumber,
    queueName: task.queueName,
    callKey: { prefix: String(Math.floor(startTime / 86_400_000)), callId: dialog.split('_')[0] ?? '', sequence: '1' },
    variables: task.variables,
    state,
    dispositionCode,
    actions,
    startTime,
    stateChangeTime,
  }
}

/** A call as this agent sees it, which for a call to a queue may be another view (`dialog 6.4`). */
export const callValueFor = (view: CallView, user: string): CallDialogValue => callValue(seenBy(view, user))

/** A call as it is. */
export function callValue(view: CallView): CallDialogValue {
  const { dialog, associatedDialog, secondaryId, fromAddress, toAddress, dnis, dialedNumber, callType } = view
  const { made, queue, campaign, state, legs, variables, wrapUpReason } = view
  return {
    kind: 'call',
    id: dialog,
    ...(associatedDialog === undefined ? {} : { associatedDialog }),
    ...(secondaryId === undefined ? {} : { secondaryId }),
    fromAddress,
    toAddress,
    dnis,
    dialedNumber,
    callType,
    ...(made ? { made } : {}),
    ...(queue ? { queue } : {}),
    ...(campaign ? { campaign } : {}),
    variables,
    ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
    state,
    participants: legs.map(({ mediaAddress, user, state, stateCause, startTime, stateChangeTime, ...more }) => ({
      mediaAddress,
      ...(user === undefined ? {} : { user }),
      ...(more.standsForCaller ? { standsForCaller: true as const } : {}),
      state,
      stateCause,
      actions: legActions({ state, ...more }),
      startTime,
      stateChangeTime,
    })),
  }
}
