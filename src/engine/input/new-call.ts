/** A call that an agent makes: what it may go to, and what it takes along (`dialog 4.3`). */
import type { Destination } from '../../../machines/index.ts'
import { lookup } from '../../directory/lookup.ts'
import { type Directory, VOICE_MRD, type VoiceQueue } from '../../directory/model.ts'
import { wrapUpAfter } from '../aggregate/call/wrap-up.ts'
import { rejected } from '../answers/answer.ts'
import type { Command, Rejected } from '../commands.ts'
import type { Input } from '../input.ts'
import { callData } from './call-data.ts'

type NewCall = Extract<Command, { type: 'call.make' }>
type CallAttempt = { readonly to: string; readonly input: Extract<Input, { kind: 'makeCall' }> }

/** Any printable ASCII text may be dialled (`dialog 4.3`). */
const DIALLED = /^[\x20-\x7e]{1,64}$/

/** Where a number leads: the directory, and whether its queues take calls. */
export interface Numbers {
  readonly directory: Directory
  /** `absent`: an external ACD has the queue, so nobody here can wait in it. */
  roomIn(queue: string): 'free' | 'full' | 'absent'
  /** The priorities of the queue that are in force in place of those of the directory. `undefined`: there are none. */
  prioritiesIn(queue: string): VoiceQueue['priorities']
  /** An embedder's ACD has the calls, and is asked about every number that is no extension, also of a queue. */
  readonly acdHasCalls: boolean
}

/** Who has the number. All numbers that the directory does not have are outside. */
export function destinationOf(number: string, numbers: Numbers): Destination {
  const { directory, roomIn, prioritiesIn, acdHasCalls } = numbers
  const known = lookup(directory)
  const queue = known.queueByNumber(number)
  if (queue && !acdHasCalls) {
    const priority = priorityOfCall(prioritiesIn(queue.id) ?? queue.priorities, number)
    return toQueue(queue, priority, roomIn(queue.id))
  }
  const user = known.userByExtension(number)
  if (!user) return { kind: 'outside' }
  // On CCX only calls of queues are wrapped up.
  const wrapUp = directory.platform === 'CCX' ? false : wrapUpAfter(user.settings.wrapUpOnIncoming)
  return { kind: 'agent', user: user.id, wrapUp, ringMs: directory.settings.callRingSeconds * 1000 }
}

function toQueue(
  { id, name, timeoutSeconds }: VoiceQueue,
  priority: ReturnType<typeof priorityOfCall>,
  room: ReturnType<Numbers['roomIn']>,
): Destination {
  if (room === 'free') return { kind: 'queue', id, name, timeoutMs: timeoutSeconds * 1000, ...priority }
  return { kind: room === 'full' ? 'full' : 'nobody' }
}

/** The priority of a call to this number of a queue with these priorities. Empty if there is none. */
export function priorityOfCall(
  priorities: VoiceQueue['priorities'] = {},
  number: string,
): { readonly priority?: number } {
  const priority = Object.hasOwn(priorities, number) ? priorities[number] : undefined
  return priority === undefined ? {} : { priority }
}

/**
 * Where a number goes that the user dials during a call. No user calls itself: INVALID_DESTINATION in a transfer,
 * INVALID_ADDRESS in a consult call. Other texts than numbers are INVALID_ADDRESS.
 */
export function dialledDuringCall(
  { type, user, toAddress }: Extract<Command, { type: 'call.consult' | 'call.transferTo' }>,
  numbers: Numbers,
): Destination | Rejected {
  if (!DIALLED.test(toAddress)) return rejected('INVALID_ADDRESS', 'toAddress')
  if (lookup(numbers.directory).userByExtension(toAddress)?.id !== user) return destinationOf(toAddress, numbers)
  return rejected(type === 'call.consult' ? 'INVALID_ADDRESS' : 'INVALID_DESTINATION', 'toAddress')
}

/** The input of a new call. `extension`: where the user is signed in. `isForAcd`: an embedder's ACD is told about it. */
export function newCall(
  command: NewCall,
  numbers: Numbers,
  { extension, isForAcd }: { readonly extension: string; readonly isForAcd: boolean },
): CallAttempt | Rejected {
  const { directory } = numbers
  const { user, fromAddress, toAddress: to, variables, requestId } = command
  if (extension === '' || fromAddress !== extension) return rejected('FOREIGN_EXTENSION', 'fromAddress')
  if (!DIALLED.test(to)) return rejected('INVALID_ADDRESS', 'toAddress')
  const known = lookup(directory)
  if (to === extension || known.userByExtension(to)?.id === user) return rejected('INVALID_DESTINATION', 'toAddress')
  if (variables !== undefined && directory.platform === 'CCX')
    return rejected('INVALID_CALL_VARIABLE', 'mediaProperties')
  const data = callData({ variables }, directory)
  if ('code' in data) return data
  if (!data.fits) return rejected('INVALID_CALL_VARIABLE', 'mediaProperties')
  const mode = directory.platform === 'CCX' ? 'NOT_ALLOWED' : known.user(user)?.settings.wrapUpOnOutgoing
  const wrapUp = wrapUpAfter(mode ?? 'NOT_ALLOWED')
  const attempt = { user, extension, to, destination: destinationOf(to, numbers), variables: data.variables, wrapUp }
  const asked = { ...(isForAcd ? { isForAcd: true as const } : {}), ...(requestId === undefined ? {} : { requestId }) }
  return { to: `queue/${VOICE_MRD}`, input: { kind: 'makeCall', ...attempt, ...asked } }
}
