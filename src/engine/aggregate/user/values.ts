/** Makes public values of machine views and the names of the directory. */
import { ROUTED } from '../../../../machines/call/seen-by.ts'
import type { CallView, LegView, MediaView, SignInSettings, TaskView, UserView } from '../../../../machines/effects.ts'
import { type Forgotten, knownTime, legActions, seenBy, UNKNOWN_SETTINGS } from '../../../../machines/index.ts'
import type { ListedAction, Side } from '../../../../machines/wire.ts'
import type { Platform } from '../../../directory/model.ts'
import type { CallDialogValue, CallParticipantValue, MediaValue, TaskDialogValue, UserValue } from '../../values.ts'
import type { UserSetup } from './setup.ts'

/** The type of a routed call on CCX (`dialog 1.3`). */
const ROUTED_ON_CCX = 'ACD_IN'
/** The type of a call whose type a failover on CCX has made unknown (`dialog 1.3`). */
const UNKNOWN_TYPE = 'NULL'

/** States that have a reason code on the wire (ruling 5). */
const WITH_REASON: ReadonlySet<string> = new Set(['NOT_READY', 'LOGOUT'])

/** `mobileSide`: the side of the mobile sign-in. Only that side shows it (`user 7`). */
export function userValue(setup: UserSetup, view: UserView, mobileSide: Side | null, side: Side): UserValue {
  const { state, stateChangeTime, pendingState, reason, extension, mobileAgent, mediaState } = view
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
    ...(mediaState ? { mediaState } : {}),
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

/** On what a call depends as an agent sees it. */
export interface CallViewer {
  readonly user: string
  readonly platform: Platform | undefined
  readonly forgotten: Forgotten | undefined
}

/** A call as this agent sees it, which for a call to a queue may be another view (`dialog 6.4`). */
export function callValueFor(view: CallView, { user, platform, forgotten }: CallViewer): CallDialogValue {
  const value = callValue(seenBy(view, user), platform)
  const type = forgotten?.types[view.dialog]
  return type === undefined ? value : withoutForgotten(value, forgotten, type === view.callType)
}

/** The call after a failover on CCX: without its type, the BAStatus, and the times of changes before it (`dialog 5.2`). */
function withoutForgotten(
  value: CallDialogValue,
  forgotten: Forgotten | undefined,
  isTypeUnknown: boolean,
): CallDialogValue {
  return {
    ...value,
    ...(isTypeUnknown ? { callType: UNKNOWN_TYPE } : {}),
    variables: value.variables.map((each) => (each.name === 'BAStatus' ? { ...each, value: '' } : each)),
    participants: value.participants.map((each) => ({
      ...each,
      stateChangeTime: knownTime(each.stateChangeTime, forgotten),
    })),
  }
}

/** The type of a call by platform (`dialog 1.3`). */
const typeOn = (platform: Platform, callType: string): string =>
  platform === 'CCX' && callType === ROUTED ? ROUTED_ON_CCX : callType

/** Only CCX records calls (`dialog 4.11`). */
const actionsOn = (platform: Platform, leg: LegView): readonly ListedAction[] => {
  const actions = legActions(leg)
  const records = platform === 'CCX' && leg.user !== undefined && leg.state === 'ACTIVE' && !leg.monitors
  return records ? [...actions, 'START_RECORDING'] : actions
}

/** A call as it is. */
export function callValue(view: CallView, platform: Platform = 'CCE'): CallDialogValue {
  const { dialog, associatedDialog, secondaryId, fromAddress, toAddress, dnis, dialedNumber, callType } = view
  const { made, queue, monitor, campaign, state, legs, variables, wrapUpReason } = view
  return {
    kind: 'call',
    id: dialog,
    ...(associatedDialog === undefined ? {} : { associatedDialog }),
    ...(secondaryId === undefined ? {} : { secondaryId }),
    fromAddress,
    toAddress,
    dnis,
    dialedNumber,
    callType: typeOn(platform, callType),
    ...(made ? { made } : {}),
    ...(queue ? { queue } : {}),
    ...(monitor ? { monitor: { supervisor: monitor.supervisor, agent: monitor.agent } } : {}),
    ...(campaign ? { campaign } : {}),
    variables,
    ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
    ...(wrapUpReason !== undefined && platform === 'CCX' ? { hasWrapUpItems: true as const } : {}),
    state,
    participants: legs.map((leg) => participant(leg, platform)),
  }
}

function participant(leg: LegView, platform: Platform): CallParticipantValue {
  const { mediaAddress, user, state, stateCause, startTime, stateChangeTime, standsForCaller } = leg
  return {
    mediaAddress,
    ...(user === undefined ? {} : { user }),
    ...(standsForCaller ? { standsForCaller: true as const } : {}),
    state,
    stateCause,
    actions: actionsOn(platform, leg),
    startTime,
    stateChangeTime,
  }
}
