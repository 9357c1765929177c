/** The Queue object: `dialog 8`. */
import { group, leaf, type Tree } from '../tree.ts'

/** The numbers in the order of the document. */
const NUMBERS = [
  'callsInQueue',
  'startTimeOfLongestCallInQueue',
  'agentsReady',
  'agentsNotReady',
  'agentsBusyOther',
  'agentsLoggedOn',
  'agentsTalkingInbound',
  'agentsTalkingOutbound',
  'agentsTalkingInternal',
  'agentsWrapUpNotReady',
  'agentsWrapUpReady',
] as const

export type ExpectedNumbers = Partial<Record<(typeof NUMBERS)[number], number | string>>

/** A queue. Numbers that are not given are 0, and the time is empty. */
export function expectedQueue(id: string, name: string, given: ExpectedNumbers = {}): Tree {
  const numbers = { startTimeOfLongestCallInQueue: '', ...given }
  return group(
    'Queue',
    leaf('name', name),
    group('statistics', ...NUMBERS.map((number) => leaf(number, numbers[number] ?? 0))),
    leaf('uri', `/finesse/api/Queue/${id}`),
  )
}

/** A queue without agents. */
export const expectedUnstaffedQueue = (id: string, name: string): Tree =>
  expectedQueue(id, name, {
    ...Object.fromEntries(NUMBERS.map((number) => [number, -1])),
    startTimeOfLongestCallInQueue: '',
  })
