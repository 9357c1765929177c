/** The rows of calls that are joined (`dialog 6.5`), and of conferences (`dialog 6.7`). */
import type { CallFailure } from '../failures.ts'
import { by } from '../rules.ts'
import { isLostToAgent, isTakenByAgent } from './campaign-rows.ts'
import { whenHeard } from './monitor-rows.ts'
import { leavesQueue, queuedLegs, whenQueued } from './queue-rows.ts'
import { isJoined, isRefusedByTarget, whenTransferring } from './single-step-rows.ts'

const fails = (failure: CallFailure) => ({ type: 'failJoin', params: { failure } }) as const

const isForbidden = {
  ...by('dialog 4.1', 'The leg of the agent does not allow it.'),
  guard: 'isForbidden',
  actions: 'refuse',
} as const

/** Rows of requests, in every state of the call. */
export const joinRequests = {
  CONSULT_CALL: [
    isForbidden,
    {
      ...by('V82', 'The call is a conference of another agent.'),
      guard: 'isControlledByOther',
      actions: fails('NOT_CONFERENCE_CONTROLLER'),
    },
    { ...by('V50'), actions: 'consult' },
  ],
  TRANSFER: [
    {
      ...by('dialog 4.4', 'The agent has no active call at all, which is refused at once.'),
      guard: 'hasNoActiveCall',
      actions: { type: 'reject', params: { rejection: 'NO_ACTIVE_CALL' } },
    },
    isForbidden,
    { ...by(['V60', 'V66'], 'The call on hold asks for the parties of the active one.'), actions: 'askForLegs' },
  ],
  CONFERENCE: [
    isForbidden,
    { ...by('V82'), guard: 'isControlledByOther', actions: fails('NOT_CONFERENCE_CONTROLLER') },
    { ...by('V80', 'The call on hold asks for the parties of the active one.'), actions: 'askForLegs' },
  ],
  JOINS_INTO: [
    {
      ...by('V82', 'The active call is a conference of another agent.'),
      guard: 'addsToConferenceOfOther',
      actions: fails('NOT_CONFERENCE_CONTROLLER'),
    },
    {
      ...by('dialog 4.4', 'Nobody but the agent is on the active call any more.'),
      guard: 'hasNothingToJoin',
      actions: fails('INVALID_CALL_ACTION'),
    },
    { ...by(['V60', 'V80'], 'The parties of the active call go to the one on hold.'), actions: 'sendLegs' },
  ],
  HAS_JOINED: {
    ...by('V61'),
    target: '.DROPPED',
    actions: ['leaveJoined', leavesQueue('TRANSFERRED')],
  },
  PARTICIPANT_DROP: [
    { ...by('dialog 4.1', 'The call is no conference.'), guard: 'isNoConference', actions: 'refuse' },
    {
      ...by('dialog 4.12'),
      guard: 'mayNotDropOthers',
      actions: { type: 'reject', params: { rejection: 'MAY_NOT_DROP_OTHERS' } },
    },
    {
      ...by('dialog 4.12', 'Only another agent on the call can be dropped.'),
      guard: 'isNoOtherAgent',
      actions: { type: 'reject', params: { rejection: 'INVALID_DROP_TARGET' } },
    },
    isForbidden,
    { ...by('V86'), actions: 'clearParticipant' },
  ],
} as const

/** Rows of a call with parties that are connected. */
export const whenConnected = {
  LEGS_COME: [
    {
      ...by('dialog 4.4', 'One agent is on both calls already.'),
      guard: 'isOnBoth',
      actions: fails('INVALID_CALL_ACTION'),
    },
    {
      ...by('dialog 4.4', 'Both calls wait in a queue, and a call has one place only.'),
      guard: 'waitsInTwoQueues',
      actions: fails('CALL_OPERATION_FAILED'),
    },
    { ...by('V88'), guard: 'hasTooManyParties', actions: fails('TOO_MANY_PARTIES') },
    {
      ...by(['V60', 'V63', 'V65'], 'The parties of the other call come to this one, and the agent leaves both.'),
      guard: 'isTransfer',
      actions: ['takeLegs', 'takePlace', 'moveOwnLeg'],
    },
    {
      ...by('V80', 'The parties of the other call come to this one, and all are connected.'),
      actions: ['takeLegs', 'takePlace', 'moveOwnLeg'],
    },
  ],
  LEGS_HAVE_COME: {
    ...by(
      ['V60', 'V61', 'V62', 'V63', 'V64', 'V80'],
      'The agents of both calls are told, in the order of the contract.',
    ),
    actions: 'tellJoined',
  },
  LEG_CHANGED: [isLostToAgent, ...queuedLegs, isRefusedByTarget, isJoined],
  ...whenTransferring,
  LEG_TAKEN: [isTakenByAgent, whenTransferring.LEG_TAKEN],
  ...whenQueued,
  ...whenHeard,
} as const

/** Rows that derive the state when a party has left others. */
export const whenOthersStay = [
  {
    ...by(['V83', 'V84', 'V86', 'V87']),
    guard: 'leavesOthers',
    target: 'ACTIVE',
    actions: ['leaveOthers', 'clearLonely'],
  },
] as const
