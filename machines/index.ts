/**
 * The state machines, in XState v5, without I/O, clock or timers. The package exports them as `mrdian/machines`.
 */
export {
  type Availability,
  availabilityOf,
  callAvailabilityOf,
  contactsInHand,
  type Eligibility,
  eligibilityOf,
} from './availability.ts'
export {
  CAMPAIGN_MODES,
  type Callback,
  type CampaignCall,
  type CampaignFacts,
  type CampaignMode,
  type CampaignNews,
  CLASSIFICATIONS,
  type Classification,
  type Contact,
  type ContactResult,
  isPreview,
  type Reached,
  type Reservation,
} from './call/campaign.ts'
export type { Conference, JoinTerms } from './call/conference.ts'
export { legMachine } from './call/leg.ts'
export {
  type LegBeginning,
  type LegChanged,
  type LegContext,
  type LegEvent,
  type LegInput,
  legActions,
  legView,
  type MovedLeg,
  type NumberNews,
  type OutsideManner,
  type WrapUp,
} from './call/leg-model.ts'
export {
  type AcdSide,
  type CallContext,
  type CallEvent,
  type Consult,
  callState,
  callView,
  type Destination,
  type Joining,
  type OfferedCall,
  type OtherCall,
  type Outgoing,
  type SingleStep,
} from './call/model.ts'
export type { Barge, Listening } from './call/monitor.ts'
export { seenBy } from './call/seen-by.ts'
export { callMachine } from './call.ts'
export type * from './effects.ts'
export { isEffect } from './effects.ts'
export {
  type CallFailure,
  FAILURES,
  type Failure,
  type MediaFailure,
  type RefusedBy,
  type Rejection,
  type UserFailure,
} from './failures.ts'
export { followedCallMachine } from './followed/call.ts'
export { followedLegMachine } from './followed/leg.ts'
export { followedMediaMachine } from './followed/media.ts'
export { followedTaskMachine } from './followed/task.ts'
export { followedUserMachine } from './followed/user.ts'
export {
  dialogStates,
  type MediaContext,
  type MediaEvent,
  type MrdSettings,
  mediaState,
  mediaView,
  openDialogs,
  settingsInForce,
  UNKNOWN_SETTINGS,
} from './media/model.ts'
export type { MediaGuards } from './media/replaceable.ts'
export { mediaOffer, mediaSignIn, standardSettings } from './media/standard.ts'
export { mediaMachine } from './media.ts'
export { presenceMachine } from './presence.ts'
export { GUARDS, mediaWithGuards, type ReplacedGuards, taskWithGuards, withGuards } from './replaced.ts'
export type { ReplacingGuard } from './replacing-guard.ts'
export type { Reported } from './report.ts'
export { isRuleId, RULES, type Rule, type RuleId, rulesOf } from './rules.ts'
export { deadlines, type Emitted, effects, type WakeAt } from './run.ts'
export { type Dependency, type SideEvent, sideMachine } from './side.ts'
export { stepsOf } from './steps.ts'
export { type Interruptible, TASK_ACTIONS, type TaskContext, type TaskEvent, taskView } from './task/model.ts'
export type { TaskGuards } from './task/replaceable.ts'
export { taskMachine } from './task.ts'
export {
  calledOtherwise,
  type Forgotten,
  isOpenOffer,
  isSignedIn,
  isUnseen,
  knownTime,
  type NailState,
  type UserConfig,
  type UserContext,
  type UserEvent,
  userState,
  userView,
} from './user/model.ts'
export type { UserGuards } from './user/replaceable.ts'
export { standardConfig } from './user/standard.ts'
export { userMachine } from './user.ts'
export * from './wire.ts'
export { type Standing, wireState } from './wire-state.ts'

/**
 * Version of the machines, stored in snapshots and journal rows. Raise it when the form of states or inputs changes.
 */
export const MACHINE_VERSION = 7
