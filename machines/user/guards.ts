/** The guards of a user. */
import { sendParent, setup } from 'xstate'
import type { CallView, Effect } from '../effects.ts'
import { followedCallOfUser } from '../followed/call.ts'
import type { MediaReport } from '../media/model.ts'
import { mediaMachine } from '../media.ts'
import { type PresenceReport, presenceMachine } from '../presence.ts'
import type { ReportParams } from '../report.ts'
import type { RowMeta, StateMeta } from '../rules.ts'
import { hasAskedOnce, hasUnroutedCall, isCcx, routedLegIs } from './ccx.ts'
import { isSameNail } from './mobile.ts'
import {
  isReservedFor,
  lacksReason,
  legIs,
  mayCall,
  type NailState,
  settled,
  takesRoutedCalls,
  type UserContext,
  type UserEvent,
  VOICE,
} from './model.ts'
import { callToHear, hasCallBeside, isMonitoredBy, partiesOf } from './monitoring.ts'
import type { UserStart } from './standard.ts'

const medium = mediaMachine.provide({
  actions: { report: sendParent((_, params: ReportParams<MediaReport>) => params.report) },
})
const presence = presenceMachine.provide({
  actions: { report: sendParent((_, params: ReportParams<PresenceReport>) => params.report) },
})

type Medium = typeof medium
type Presence = typeof presence
type FollowedCall = typeof followedCallOfUser

// Interfaces have a name in declarations. Without them each action of a user would repeat the types of all charts below it.
export interface MediumOfUser extends Medium {}
export interface PresenceOfUser extends Presence {}
export interface CallOfFollowedUser extends FollowedCall {}

/** The media machine as a child of a user. */
export const mediumOfUser: MediumOfUser = medium
/** The presence machine as a child of a user. */
export const presenceOfUser: PresenceOfUser = presence
const call: CallOfFollowedUser = followedCallOfUser

/** Has a queue sent this call, which nobody has answered yet? A call that it was joined into is no news of the queue. */
const comesFromQueue = (event: UserEvent): boolean =>
  event.type === 'CALL_ADDED' &&
  event.joined !== true &&
  (event.call.queue?.outcome === 'RINGING' || reserves(event.call))

/** Does a campaign reserve the agent, whom the queue has lent? */
const reserves = ({ campaign }: CallView): boolean => campaign !== undefined && campaign.part !== 'customer'

export const guarded = setup({
  types: {
    context: {} as UserContext,
    events: {} as UserEvent,
    input: {} as UserStart,
    emitted: {} as Effect,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  // Only users of a follower have calls below them. Those of an authority are aggregates of their own.
  actors: { media: mediumOfUser, presence: presenceOfUser, call },
  guards: {
    isForeignExtension: ({ context, event }) =>
      event.type === 'SIGN_IN' && !context.config.extensions.includes(event.extension),
    signsInElsewhere: ({ context, event }) =>
      event.type === 'SIGN_IN' && context.config.reasons.relogin !== undefined && event.extension !== context.extension,
    mayNotBeMobile: ({ context, event }) =>
      event.type === 'SIGN_IN' && event.mobileAgent !== null && !context.config.mobileAgentAllowed,
    asksSupervisor: ({ event }) => 'supervisor' in event && event.supervisor,
    mayLeaveFromReady: ({ context, event }) =>
      ('supervisor' in event && event.supervisor) || context.config.agentMayLeaveFromReady,
    isCcx: ({ context }) => isCcx(context),
    isOnCall: ({ context }) =>
      isCcx(context)
        ? routedLegIs(context, 'ACTIVE', 'HELD')
        : legIs(context, 'ACTIVE', 'INITIATING', 'INITIATED', 'FAILED'),
    hasHeldCall: ({ context }) => !isCcx(context) && legIs(context, 'HELD'),
    hasUnroutedCall: ({ context }) => hasUnroutedCall(context),
    hasAskedOnce: ({ context }) => hasAskedOnce(context),
    lacksReason: ({ context, event }) => 'supervisor' in event && !event.supervisor && lacksReason(context),
    wrapsUpToReady: ({ context }) => !isCcx(context) && legIs(context, 'WRAP_UP') && settled(context).state === 'READY',
    wrapsUp: ({ context }) => legIs(context, 'WRAP_UP'),
    legWrapsUp: ({ event }) => event.type === 'CALL_CHANGED' && event.leg === 'WRAP_UP',
    legIsDropped: ({ event }) => event.type === 'CALL_CHANGED' && event.leg === 'DROPPED',
    // Ruling 32: a call that rings makes a READY agent RESERVED. A NOT_READY agent stays NOT_READY.
    isRungWhileNotReady: ({ context }) => legIs(context, 'ALERTING'),
    isRung: ({ context }) =>
      (isCcx(context) ? routedLegIs(context, 'ALERTING') : legIs(context, 'ALERTING')) &&
      context.beforeCall?.state === 'READY',
    isReservedForPreview: ({ context }) => isReservedFor(context, 'preview'),
    isReservedForCampaign: ({ context }) => isReservedFor(context, 'line'),
    /** A customer of a campaign has answered, and the agent talks on another call. */
    isBusyForCustomer: ({ context, event }) =>
      event.type === 'CALL_ADDED' &&
      event.call.campaign?.part === 'customer' &&
      event.isAwaited === true &&
      legIs(context, 'ACTIVE', 'INITIATING', 'INITIATED', 'FAILED'),
    isOwnCall: ({ event }) => event.type === 'CALL_ADDED' && event.leg === 'INITIATING',
    mayNotCall: ({ context, event }) =>
      event.type === 'CALL_ADDED' && event.leg === 'INITIATING' && !mayCall(context, event.call.associatedDialog),
    isJoined: ({ event }) => 'joined' in event && event.joined === true,
    /** Not if the call comes from another agent, who has answered it. */
    isRouted: ({ event }) => comesFromQueue(event),
    mayNotTakeRoutedCall: ({ context, event }) => comesFromQueue(event) && !takesRoutedCalls(context),
    hasAnyCall: ({ context }) => Object.keys(context.legs).length > 0,
    isMonitored: ({ context }) => context.monitored !== undefined,
    hasCallToHear: ({ context, event }) =>
      event.type === 'MONITOR_ASKED' &&
      event.agentExtension === context.extension &&
      callToHear(context.legs) !== undefined,
    isNotMonitoredBy: ({ context, event }) => event.type === 'BARGE_ASKED' && !isMonitoredBy(context, event),
    holdsMonitoredCall: ({ context }) => context.legs[context.monitored?.of ?? '']?.state !== 'ACTIVE',
    mayNotAddParty: ({ context, event }) =>
      event.type === 'BARGE_ASKED' && (!event.controls || hasCallBeside(context.legs, context.monitored?.of)),
    isFull: ({ context, event }) =>
      event.type === 'BARGE_ASKED' && partiesOf(context.legs, context.monitored?.of) >= event.terms.partiesMax,
    bargesIn: ({ event }) => event.type === 'CALL_ADDED' && event.replaces !== undefined,
    isNotNailed: ({ context }) => context.nailed?.isUp === false,
    isNail: ({ context, event }, { is }: { is: NailState }) =>
      event.type === 'NAIL' &&
      event.is === is &&
      context.nailed !== undefined &&
      isSameNail(context.nailed, event.dialog),
    isNotReached: ({ context, event }) =>
      event.type === 'PHONE_IS' && !event.isReached && context.legs[event.dialog]?.state === 'ALERTING',
    isToSignOut: ({ context }) => context.pending.state === 'LOGOUT',
    isToBeReady: ({ context }) => settled(context).state === 'READY',
    disconnectLogsOut: ({ context }) => context.config.logoutOnAgentDisconnect === 1,
    signsOutOfMedia: ({ context }) => context.config.userSignoutChannel !== 'voice',
    isNoMember: ({ context, event }) =>
      event.type === 'MEDIA_SIGN_IN' && context.config.mrds[event.mrd]?.member !== true,
    isVoice: ({ event }) => 'mrd' in event && event.mrd === VOICE,
    isNewWork: ({ context, event }) =>
      event.type === 'WORK_JOINED' && !context.work.some((work) => work.id === event.work),
    collidesWithOtherWork: ({ context, event }) =>
      event.type === 'WORK_JOINED' &&
      context.work.some((work) => work.id !== event.work && work.mrd !== event.mrd) &&
      !context.work.some((work) => work.id === event.work),
    isLastWork: ({ context, event }) =>
      event.type === 'WORK_LEFT' && context.work.length === 1 && context.work[0]?.id === event.work,
    isLateForcedSignOut: ({ context, event }) =>
      event.type === 'FORCED_SIGN_OUT' &&
      context.config.suppressesLateForcedSignOut &&
      event.side !== context.actingSide,
    isNewThere: ({ context, event }) => event.type === 'RETURNED' && !context.present.includes(event.side),
    isSignedInThere: ({ context }) => context.signedInOn === context.actingSide,
    keepsOnMove: ({ context }) => !context.config.forgets,
  },
})
