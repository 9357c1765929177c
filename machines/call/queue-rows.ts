/** The rows of calls in a queue: those that nobody has answered, and those that were connected before. */
import type { QueueOutcome } from '../effects.ts'
import { by, ownWork } from '../rules.ts'
import { fails } from './outgoing-rows.ts'

export const leavesQueue = (outcome: QueueOutcome) => ({ type: 'leaveQueue', params: { outcome } }) as const

/** The caller hears that nobody will answer, and is gone. */
const givesUp = (outcome: QueueOutcome) => [leavesQueue(outcome), 'toCaller'] as const

/** Rows of a call that waits and that nobody has answered. */
export const whenWaiting = {
  ENTERS: { ...ownWork('It comes to a queue.'), actions: ['enter', 'waitInQueue'] },
  RINGS: {
    ...by(['V1', 'V2', 'V23', 'V53'], 'The queue has selected an agent.'),
    guard: 'waits',
    target: 'ALERTING',
    actions: ['ring', 'tellAdded'],
  },
  QUEUE_TIMEOUT: [
    {
      ...by('V25', 'Nobody has answered the agent who calls in time.'),
      guard: 'isOutgoing',
      actions: [leavesQueue('TIMED_OUT'), fails('OTHER')],
    },
    { ...ownWork('Nobody has answered in time.'), actions: givesUp('TIMED_OUT') },
  ],
  QUEUE_REMOVED: [
    {
      ...by('V26', 'The queue that an agent calls is not in the directory any more.'),
      guard: 'isOutgoing',
      actions: [leavesQueue('QUEUE_REMOVED'), fails('BAD_DESTINATION')],
    },
    { ...ownWork('The queue is not in the directory any more.'), actions: givesUp('QUEUE_REMOVED') },
  ],
} as const

/** The rows of a call that an agent did not take, and that goes back to its queue. */
export const goesBack = [
  {
    ...by(['V10', 'V25'], 'The agent did not take the call, and the one who calls has waited for too long.'),
    guard: 'failsInQueue',
    target: 'INITIATED',
    actions: [leavesQueue('TIMED_OUT'), fails('OTHER')],
  },
  {
    ...by('V10', 'The agent did not take the call, and it has waited for too long to go to another one.'),
    guard: 'goesBackTooLate',
    target: 'INITIATED',
    actions: givesUp('TIMED_OUT'),
  },
  {
    ...by('V10', 'The agent did not take the call, and it goes back to its place in the queue.'),
    guard: 'goesBack',
    target: 'INITIATED',
    actions: ['goBack', 'tellAll'],
  },
] as const

/** Rows of a connected call that was transferred to a queue, and waits there. */
export const whenQueued = {
  RINGS: {
    ...by(['V1', 'V72'], 'The queue has selected an agent, and the parties who wait stay connected.'),
    guard: 'waits',
    actions: ['ringBeside', 'tellAdded'],
  },
  QUEUE_TIMEOUT: {
    ...ownWork('Nobody has answered in time, and a party who is alone is gone.'),
    guard: 'waits',
    actions: [leavesQueue('TIMED_OUT'), 'clearLonely'],
  },
  QUEUE_REMOVED: {
    ...ownWork('The queue is not in the directory any more, and a party who is alone is gone.'),
    guard: 'waits',
    actions: [leavesQueue('QUEUE_REMOVED'), 'clearLonely'],
  },
} as const

/** Rows of the leg at which a connected call rings. */
export const queuedLegs = [
  {
    ...by(['V3', 'V72', 'V65'], 'The agent whom the queue has selected answers, and the parties are together.'),
    guard: 'answersQueuedCall',
    target: 'deriving',
    actions: ['noteLeg', leavesQueue('ANSWERED')],
  },
  {
    ...by('V10', 'The agent did not take the call, and it has waited for too long to go to another one.'),
    guard: 'leavesQueuedCallTooLate',
    actions: ['noteLeg', 'leaveOthers', leavesQueue('TIMED_OUT'), 'clearLonely'],
  },
  {
    ...by('V10', 'The agent did not take the call, and it goes back to its place in the queue.'),
    guard: 'leavesQueuedCall',
    actions: ['noteLeg', 'leaveOthers', 'goBackBeside'],
  },
] as const

/** Everybody who waited has hung up. */
export const isAbandoned = {
  ...by('V11', 'The parties who waited in the queue have hung up.'),
  guard: 'isAbandoned',
  actions: leavesQueue('ABANDONED'),
} as const
