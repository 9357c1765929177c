/**
 * One voice dialog: `dialog 2` and the rows of `dialog 6`.
 *
 * The call owns its legs, which have the states of the participants. The state of the call is derived from them in the
 * state `deriving` (`dialog 2.1`). The call sends each change to all its agents. The user machine of an agent publishes
 * it, so that one machine decides the order of the notifications of the user and of the dialog.
 */
import { call } from './call/actions.ts'
import { campaignRequests, reservation, whenBegun } from './call/campaign-rows.ts'
import { joinRequests, whenConnected, whenOthersStay } from './call/join-rows.ts'
import { begins, isNoBarge, monitored, supervisorLeaves } from './call/monitor-rows.ts'
import { fails, hasFailed, whenDialled, whenOffHook } from './call/outgoing-rows.ts'
import { goesBack, isAbandoned, leavesQueue, whenWaiting } from './call/queue-rows.ts'
import { singleStepRequests } from './call/single-step-rows.ts'
import type { CallFailure } from './failures.ts'
import { by, leadsTo, ownWork } from './rules.ts'

const refused = { ...by('dialog 4.1'), actions: 'refuse' } as const

/** A request of an agent, which the agent's leg carries out if its list has the action. */
const asked = [
  {
    ...by('dialog 4.1', 'The leg of the agent allows the action, and takes it.'),
    guard: 'isAllowed',
    actions: 'toLeg',
  },
  refused,
] as const

const isReported = (failure: CallFailure, description: string) =>
  ({
    ...by(failure === 'DTMF_OUT_OF_RANGE' ? 'dialog 4.8' : 'dialog 4.5', description),
    actions: { type: 'fail', params: { failure } },
  }) as const

/** New call data, for all agents on the call. */
const changesData = [
  { ...by(['V103', 'dialog 4.1'], 'The leg of the agent does not allow it.'), guard: 'isForbidden', actions: 'refuse' },
  {
    guard: 'isProtected',
    ...isReported('CALL_DATA_PROTECTED', 'The call was never routed, so its variables are protected.'),
  },
  {
    guard: 'takesNoReason',
    ...isReported('CALL_DATA_INVALID', 'After a direct preview the agent gives no wrap-up reason.'),
  },
  { guard: 'doesNotFit', ...isReported('CALL_DATA_INVALID', 'A value is too long, and nothing is changed.') },
  {
    ...by(['V100', 'V101', 'dialog 4.5'], 'The call data change, and every agent on the call is told.'),
    guard: 'changesData',
    actions: ['noteData', 'tellAll'],
  },
  by('V102'),
] as const

const sendsTones = [
  {
    ...by('dialog 4.8', 'Tones cannot be sent on a leg that is on hold, which is refused at once.'),
    guard: 'isHeld',
    actions: { type: 'reject', params: { rejection: 'LEG_IS_HELD' } },
  },
  { ...by('dialog 4.1', 'The leg of the agent does not allow tones.'), guard: 'isForbidden', actions: 'refuse' },
  { guard: 'isOutOfRange', ...isReported('DTMF_OUT_OF_RANGE', 'The platform does not know all of the tones.') },
  by('dialog 4.8', 'The tones are sent, and nothing changes.'),
] as const

const records = [
  {
    ...by('dialog 4.11', 'A leg that is on hold cannot be recorded, which is refused at once.'),
    guard: 'isHeld',
    actions: { type: 'reject', params: { rejection: 'LEG_IS_HELD' } },
  },
  { ...by('dialog 4.11', 'The leg is not connected.'), guard: 'isNotTalking', actions: 'refuse' },
  by('dialog 4.11'),
] as const

const goesToLeg = (description: string) => ({ ...by('ruling 47', description), actions: 'toLeg' }) as const

/** The agents have left, and nobody is told about the call any more. */
const isOver = {
  ...ownWork('No agent is on the call any more, so it is over here.'),
  guard: 'hasNoAgent',
  target: 'DROPPED',
} as const

export const callMachine = call.createMachine({
  id: 'call',
  context: ({ input }) => ({
    ...input,
    fromAddress: '',
    toAddress: '',
    callType: 'OTHER_IN', // an unrouted inbound call (`dialog 1.3`)
    variables: [],
    legs: {},
    agents: [],
    unanswered: 'INITIATED',
  }),
  initial: 'INITIATED',
  on: {
    ANSWER: asked,
    HOLD: asked,
    RETRIEVE: asked,
    DROP: asked,
    ACCEPT: asked,
    CLOSE: asked,
    REJECT: asked,
    UPDATE_CALL_DATA: changesData,
    SEND_DTMF: sendsTones,
    START_RECORDING: records,
    ...campaignRequests,
    ...joinRequests,
    ...singleStepRequests,
    ...monitored,
    BARGES_IN: isNoBarge,
    CALLER_HANGS_UP: { ...by(['V4', 'V11'], 'The caller hangs up.'), actions: 'toCaller' },
    FAR_END: {
      ...ownWork("The embedder's ACD says that a party outside has answered or hung up."),
      actions: 'toFarEnd',
    },
    LEG_REFUSED: goesToLeg('The agent is signed out and gets no call.'),
    AGENT_SIGNED_OUT: [supervisorLeaves, goesToLeg('An agent on the call is signed out.')],
    AGENT_LEAVES: goesToLeg('An agent on the call leaves when it ends, or stays after all.'),
    WRAP_UP_OVER: { ...by('V8', 'The wrap-up of an agent is over.'), actions: 'toLeg' },
    HOLD_FOR_OTHER: {
      ...by('dialog 6.3', 'The agent is connected to another call, and this one goes on hold.'),
      actions: 'toLeg',
    },
    LINE_IS_FREE: { ...by('dialog 6.3', 'The other call of the agent is on hold.'), actions: 'toLeg' },
    PHONE_FAILS: { ...by('user 7', 'The telephone of a mobile agent cannot be reached.'), actions: 'toLeg' },
    AGENT_TALKS: { ...by('V45', 'Whether an agent talks on another call has changed.'), actions: 'toLeg' },
    RING_TIMEOUT: { ...by('V10', 'The leg that rings has rung for too long.'), actions: 'toRinging' },
    LEG_CHANGED: {
      ...by(['dialog 2.1', 'V100'], 'A leg has changed, and the state of the call follows.'),
      target: '.deriving',
      actions: 'noteLeg',
    },
  },
  states: {
    INITIATED: {
      description: 'It has not arrived yet, or it waits in a queue.',
      ...leadsTo('INITIATING', 'ALERTING', 'ACTIVE', 'FAILED', 'DROPPED'),
      on: {
        ...whenWaiting,
        ...whenBegun,
        CALLS_OUT: {
          ...ownWork('A party outside calls a number outside, and the network there is asked how it answers.'),
          actions: ['callOutside', 'askNetwork'],
        },
        NAILS: {
          ...by('user 7', 'A mobile agent has signed in with a nailed connection, and the telephone is called.'),
          actions: ['nail', 'askNetwork'],
        },
        ARRIVES: {
          ...by(['V2', 'V13']),
          target: 'ALERTING',
          actions: ['arrive', 'tellAdded'],
        },
        GOES_OFF_HOOK: {
          ...by(['V20', 'V12', 'V51']),
          target: 'INITIATING',
          actions: ['goOffHook', 'askLine'],
        },
        ...whenDialled,
        ...begins,
      },
    },
    RESERVATION: reservation,
    INITIATING: {
      description: 'An agent is off-hook, and the number is not dialled.',
      ...leadsTo('INITIATED', 'ALERTING', 'ACTIVE', 'FAILED', 'DROPPED'),
      on: whenOffHook,
    },
    deriving: {
      description: 'The first row that holds gives the state of the call, and clients never see this one.',
      always: [
        isAbandoned,
        ...whenOthersStay,
        {
          ...by(['V4', 'V9', 'V29', 'V30', 'V56'], 'One party is left alone, and leaves too.'),
          guard: 'isLeftAlone',
          target: 'ACTIVE',
          actions: ['tellChanged', 'clearLonely'],
        },
        {
          ...by(['V3', 'V6'], 'A party talks, holds or wraps up.'),
          guard: 'isConnected',
          target: 'ACTIVE',
          actions: ['tellChanged', 'release'],
        },
        {
          ...by(['V5', 'V7', 'V8'], 'Everybody has left.'),
          guard: 'wasAnswered',
          target: 'DROPPED',
          actions: ['tellChanged', 'release'],
        },
        {
          ...by('V11', 'The caller has given up, and it stops ringing.'),
          guard: 'isGivenUp',
          target: 'ALERTING',
          actions: 'clearLonely',
        },
        {
          ...by(['V10', 'V11'], 'A call that was never answered keeps its state.'),
          target: 'ALERTING',
          actions: ['tellChanged', 'release'],
        },
      ],
    },
    ALERTING: {
      description: 'It rings at the agent.',
      ...leadsTo('INITIATED', 'ACCEPTED', 'ACTIVE', 'FAILED', 'DROPPED'),
      always: [...goesBack, isOver],
      on: {
        LEG_CHANGED: [
          {
            ...by('ruling 47', 'The agent cannot take it, and the queue looks for another one.'),
            guard: 'isRefusedToQueue',
            actions: 'noteLeg',
          },
          {
            ...by('ruling 47', 'The agent cannot take it, and there is no other.'),
            guard: 'isRefused',
            target: 'DROPPED',
            actions: ['noteLeg', 'noteFailure'],
          },
          {
            ...by(['V10', 'V25'], 'The other party does not answer, and the call fails.'),
            guard: 'isNotReached',
            actions: ['noteLeg', 'release', fails('OTHER')],
          },
          hasFailed,
          {
            ...by('V3', 'The agent has answered, and the caller is connected before the agent is told.'),
            guard: 'callerWaits',
            actions: ['noteLeg', leavesQueue('ANSWERED'), 'connectCaller'],
          },
          {
            ...by('dialog 2.1', 'A leg of a call that rings has changed.'),
            target: 'deriving',
            actions: 'noteLeg',
          },
        ],
      },
    },
    ACTIVE: {
      description: 'A party talks, or an agent wraps up.',
      ...leadsTo('ALERTING', 'DROPPED'),
      always: isOver,
      on: {
        ...whenConnected,
        JOINS: {
          ...ownWork('A further agent is connected, to whom the call is new.'),
          actions: ['join', 'tellAdded'],
        },
      },
    },
    FAILED: {
      description: 'The attempt of an agent to call has failed, and the agent hears that.',
      ...leadsTo('DROPPED'),
      on: {
        LEG_CHANGED: { ...by('V27'), target: 'deriving', actions: 'noteLeg' },
      },
    },
    DROPPED: { description: 'It is over.', entry: ['forgetState', leavesQueue('ABANDONED')], type: 'final' },
  },
})
