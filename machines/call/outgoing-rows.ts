/** The rows of a call that an agent makes, until the other party is reached: `dialog 6.2`. */
import { by, ownWork } from '../rules.ts'
import type { NumberNews } from './leg-model.ts'
import type { StateCause } from './outgoing.ts'

export const fails = (stateCause: StateCause) => ({ type: 'failCaller', params: { stateCause } }) as const

/** The leg of the agent who calls reports that the attempt has failed. */
export const hasFailed = {
  ...by(['V25', 'V26']),
  guard: 'hasFailed',
  target: 'FAILED',
  actions: ['noteLeg', 'tellChanged'],
} as const

const numberIs = (outcome: NumberNews['outcome']) => ({ guard: { type: 'numberIs', params: { outcome } } }) as const

/** Rows while the agent is off-hook. */
export const whenOffHook = {
  LEG_TAKEN: { ...by('V22', 'The agent is TALKING now, and the number is dialled.'), actions: 'dial' },
  LEG_CHANGED: [
    {
      ...by(['V22', 'V52'], 'The number is outside, and the network there is asked how it answers.'),
      guard: 'hasDialledOutside',
      target: 'INITIATED',
      actions: ['noteLeg', 'tellChanged', 'askNetwork'],
    },
    {
      ...by('V26', 'The number takes no calls of agents.'),
      guard: 'hasDialledNobody',
      target: 'INITIATED',
      actions: ['noteLeg', 'tellChanged', fails('BAD_DESTINATION')],
    },
    {
      ...by('V25', 'The queue of the number takes no more calls.'),
      guard: 'hasDialledFull',
      target: 'INITIATED',
      actions: ['noteLeg', 'tellChanged', fails('BUSY')],
    },
    {
      ...by(['V22', 'V52', 'dialog 6.4'], 'The number is that of a queue, where the agent waits as every caller does.'),
      guard: 'hasDialledQueue',
      target: 'INITIATED',
      actions: ['noteLeg', 'enterAsCaller', 'tellChanged', 'waitInQueue'],
    },
    {
      ...by(['V22', 'V52'], 'The number belongs to an agent, whose line is asked whether it rings.'),
      guard: 'hasDialled',
      target: 'INITIATED',
      actions: ['noteLeg', 'tellChanged', 'ringAgent', 'askLine'],
    },
    {
      ...by('V32', 'The agent may not make a call now, and nobody has heard of it.'),
      guard: 'isOwnCallRefused',
      target: 'DROPPED',
      actions: ['noteLeg', 'noteFailure'],
    },
    { ...by('V28'), target: 'deriving', actions: 'noteLeg' },
  ],
} as const

/** Rows while the number is dialled and nobody is reached. */
export const whenDialled = {
  LEG_TAKEN: {
    ...by(['V23', 'V53']),
    target: 'ALERTING',
    actions: ['noteRinging', 'tellRinging'],
  },
  NUMBER_IS: [
    {
      ...by('V23', 'It rings at a party outside.'),
      ...numberIs('RINGS'),
      target: 'ALERTING',
      actions: ['ringOutside', 'noteRinging', 'tellRinging'],
    },
    { ...by('V25'), ...numberIs('BUSY'), actions: fails('BUSY') },
    {
      ...by('V25', "The embedder's ACD could not call the number, or has not said in time how it answers."),
      ...numberIs('OTHER'),
      actions: fails('OTHER'),
    },
    { ...by('V26'), actions: fails('BAD_DESTINATION') },
  ],
  LEG_CHANGED: [
    {
      ...by('V26', 'The other agent is signed out, and the call fails.'),
      guard: 'isRefusedByCallee',
      actions: ['forgetCallee', fails('DEVICE_RESOURCE_NOT_AVAILABLE')],
    },
    hasFailed,
    {
      ...by('V28', 'The caller hangs up before anybody is reached.'),
      guard: 'isOutgoing',
      target: 'deriving',
      actions: 'noteLeg',
    },
    {
      ...ownWork('The caller has left the queue.'),
      guard: 'isOfQueue',
      target: 'DROPPED',
      actions: ['noteLeg', { type: 'leaveQueue', params: { outcome: 'ABANDONED' } }],
    },
  ],
} as const
