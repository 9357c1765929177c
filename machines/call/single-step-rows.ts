/** The rows of a transfer to a number without a call to it before: `dialog 6.6`. */
import { by, ownWork } from '../rules.ts'

/** Rows of requests, in every state of the call. */
export const singleStepRequests = {
  TRANSFER_SST: [
    {
      ...by(['V74', 'dialog 4.1'], 'The leg of the agent does not allow it.'),
      guard: 'isForbidden',
      actions: 'refuse',
    },
    {
      ...by('V73', 'The call rings already where it was transferred to, or waits there.'),
      guard: 'isBeingTransferred',
      actions: { type: 'failJoin', params: { failure: 'CALL_OPERATION_FAILED' } },
    },
    { ...by('V70'), actions: 'holdForTransfer' },
  ],
} as const

/** Rows of a call with parties that are connected. */
export const whenTransferring = {
  ASKS_TARGET: [
    {
      ...by('V73', 'The number takes no calls of agents, or the agent there is on the call already.'),
      guard: 'hasNoTarget',
      actions: 'failTransfer',
    },
    {
      ...by(['V70', 'V71'], 'The number is that of a queue, where the others wait, and the agent leaves the call.'),
      guard: 'isTargetQueue',
      actions: ['enterByTransfer', 'waitInQueue', 'leaveForTarget'],
    },
    {
      ...by('V70', 'The number is outside, and the network there is asked how it answers.'),
      guard: 'isTargetOutside',
      actions: 'askNetworkOfTarget',
    },
    {
      ...by(['V70', 'V72'], 'The number belongs to an agent, whose line is asked whether it rings.'),
      actions: ['ringAtAgent', 'askTarget'],
    },
  ],
  LEG_TAKEN: {
    ...by(['V71', 'V72'], 'The call rings at the target, and the agent leaves it.'),
    guard: 'mayLeaveForTarget',
    actions: 'leaveForTarget',
  },
  NUMBER_IS: [
    {
      ...by(['V71', 'V72'], 'The call rings at a party outside, and the agent leaves it.'),
      guard: 'mayLeaveForNumber',
      actions: ['ringAtNumber', 'leaveForTarget'],
    },
    { ...by('V73', 'The number is busy or bad.'), actions: 'failTransfer' },
  ],
  TRANSFERRED: { ...by(['V71', 'V72']), actions: ['tellTransferred', 'clearLonely'] },
} as const

/** The line of the target refuses the call. */
export const isRefusedByTarget = {
  ...by('V73', 'The agent there is signed out.'),
  guard: 'isRefusedByTarget',
  actions: ['forgetCallee', 'failTransfer', 'clearLonely'],
} as const

/** The leg of the agent who transfers or joins calls has changed. */
export const isJoined = {
  ...ownWork('The leg of the agent who joins or transfers calls has changed, and the agents are told together.'),
  guard: 'isJoined',
  actions: 'noteLeg',
} as const
