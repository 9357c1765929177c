/** The rows of a user who listens to another one, and of one who is listened to: `dialog 6.8`. */
import type { CallFailure, Rejection } from '../failures.ts'
import { by } from '../rules.ts'

const failsToListen = (failure: CallFailure) => ({ type: 'failToListen', params: { failure } }) as const
const isNotHeard = (failure: CallFailure) => ({ type: 'answerListener', params: { failure } }) as const
const refuses = (rejection: Rejection) => ({ type: 'rejectWith', params: { rejection } }) as const

/** A supervisor who is NOT_READY asks for it. */
export const wantsToListen = [
  {
    ...by('dialog 4.9', 'The supervisor has a call, which rings or is being wrapped up.'),
    guard: 'hasAnyCall',
    actions: failsToListen('MONITORING_NOT_ALLOWED'),
  },
  { ...by('dialog 4.9'), actions: 'askToListen' },
] as const

export const isOnCallAlready = {
  ...by('dialog 4.9', 'The supervisor is on a call, which is refused at once.'),
  actions: refuses('SUPERVISOR_ON_CALL'),
} as const

/** A supervisor asks the agent's line. */
export const isHeard = [
  {
    ...by('dialog 4.9', 'Another supervisor listens to the agent, and there can be one only.'),
    guard: 'isMonitored',
    actions: isNotHeard('CALL_OPERATION_FAILED'),
  },
  {
    ...by('V90', 'The supervisor will listen to the call on which the agent talks.'),
    guard: 'hasCallToHear',
    actions: 'letListen',
  },
] as const

export const talksNot = {
  ...by('dialog 4.9', 'The agent is in HOLD or NOT_READY, and does not talk.'),
  actions: isNotHeard('AGENT_NOT_TALKING'),
} as const

export const hasNoCallToHear = {
  ...by('dialog 4.9', 'The agent is on no call that a supervisor can listen to.'),
  actions: isNotHeard('AGENT_NOT_ON_CALL'),
} as const

/** The supervisor comes into the call, and stays TALKING. */
export const comesInto = {
  ...by('V93', 'The supervisor listens no more, and is a party of the call.'),
  guard: 'bargesIn',
  target: '.deriving',
  actions: [
    'publishReplaced',
    'dropReplaced',
    'noteLeg',
    'tellCallOfLeaving',
    'announceCall',
    'noteCallWork',
    'leaveReplacedWork',
  ],
} as const

/** Rows in every state of the user. */
export const monitoring = {
  MONITOR: {
    ...by('dialog 4.9', 'Only a supervisor who is NOT_READY may listen.'),
    actions: failsToListen('MONITORING_NOT_ALLOWED'),
  },
  NEW_CALL_FAILED: { ...by('dialog 4.9', 'Nobody can listen to the agent now.'), actions: 'publishNewCallFailure' },
  BARGE_ASKED: [
    {
      ...by('dialog 4.10', 'The supervisor does not listen to the agent any more.'),
      guard: 'isNotMonitoredBy',
      actions: refuses('NOT_MONITORING'),
    },
    {
      ...by('dialog 4.10', 'The agent holds the call, which is refused at once.'),
      guard: 'holdsMonitoredCall',
      actions: refuses('AGENT_HOLDS_CALL'),
    },
    {
      ...by('dialog 4.10', 'The agent has a consult call, or does not control the conference.'),
      guard: 'mayNotAddParty',
      actions: refuses('AGENT_MAY_NOT_ADD'),
    },
    {
      ...by('dialog 4.10', 'The call has no room for one more party.'),
      guard: 'isFull',
      actions: refuses('CONFERENCE_IS_FULL'),
    },
    { ...by(['V93', 'dialog 4.10']), actions: 'letIn' },
  ],
  MONITORED_ADDED: {
    ...by('V90', 'A supervisor listens, which changes neither the state nor the work of the agent.'),
    actions: ['noteMonitored', 'publishMonitored', 'followMonitored'],
  },
  MONITORED_CHANGED: {
    ...by(['V91', 'V92'], 'The monitor call has changed, and the agent is told.'),
    actions: ['noteMonitored', 'publishMonitored'],
  },
  MONITORED_REMOVED: {
    ...by(['V91', 'V92', 'V93'], 'Nobody listens any more.'),
    actions: ['publishMonitored', 'forgetMonitored'],
  },
} as const
