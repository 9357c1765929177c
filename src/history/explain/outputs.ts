/** Describes the outputs of a step in words. The compiler requires a sentence for a new kind of output. */

import type { Side } from '../../../machines/wire.ts'
import type { ByKind, OfKind } from '../../engine/by-type.ts'
import { isNodeOf, itemIdOf, laneOf } from '../../engine/delivery/lanes.ts'
import type { Output } from '../../engine/output.ts'
import type { AcdCallRequest, AcdRequest, JournalRow } from '../../engine/ports.ts'
import type { PublishedValue } from '../../engine/values.ts'
import type { DeadlineChange, Delivered, Refused, Request, Sent } from './explanation.ts'
import { NOT_ELIGIBLE, refusedBy } from './failures.ts'
import { messageWords } from './messages.ts'
import type { Names } from './names.ts'
import type { Picture } from './picture.ts'

/** What the explanation needs to know of the outbox. */
export interface Outbox {
  readonly storeId: string
  /** Numbers of rows that have not been delivered. */
  readonly waiting: ReadonlySet<number>
  /** The lanes of these rows. The lane tells for which side a notification waits. */
  readonly lanes: ReadonlyMap<number, string>
  /** Numbers of rows that were published without the agent who should have received them. */
  readonly missed: ReadonlySet<number>
}

/** All outputs of one step, by kind. */
export interface PutOut {
  readonly notifications: readonly Sent[]
  readonly requests: readonly Request[]
  readonly deadlines: readonly DeadlineChange[]
  readonly failures: readonly Refused[]
  readonly flagged: readonly { readonly what: string; readonly from: string; readonly to: string }[]
}

export function putOut(
  row: JournalRow,
  outputs: readonly Output[],
  after: Picture | undefined,
  outbox: Outbox,
  names: Names,
): PutOut {
  const notifications: Sent[] = []
  const requests: Request[] = []
  const deadlines: DeadlineChange[] = []
  const failures: Refused[] = []
  const flagged: PutOut['flagged'][number][] = []
  const rows = new RowNumbers(row, outputs)
  for (const output of outputs) {
    switch (output.type) {
      case 'publish':
        notifications.push(...sent(output, rows.of(output), row.aggregate, after, outbox, names))
        failures.push(...refused(output))
        break
      case 'send':
        if (output.body.type === 'availability') break
        requests.push({ to: output.to, type: output.body.type, text: messageWords(output.body, names) })
        break
      case 'acd':
        rows.of(output)
        if (output.request.type === 'availability' || output.request.type === 'callAvailability') break
        requests.push({ to: 'ACD', type: output.request.type, text: requestWords(output.request) })
        break
      case 'reply':
        if (output.rejected)
          failures.push({ ...refusedBy(output.rejected), failure: output.rejected, source: '', requestId: '' })
        break
      // The notification beside it says the same.
      case 'refusal':
        break
      case 'flagged':
        flagged.push({ what: output.what, from: output.from, to: output.to })
        break
      case 'arm':
        deadlines.push({ change: 'armed', owner: output.owner, name: output.name, due: output.due })
        break
      case 'clear':
        deadlines.push({ change: 'cleared', owner: output.owner, name: output.name, due: null })
        break
    }
  }
  return { notifications, requests, deadlines, failures, flagged }
}

type Published = Extract<Output, { type: 'publish' }>

/**
 * Assigns the outbox numbers of a step to its outputs, in order. Every notification has one number for each served
 * side.
 */
class RowNumbers {
  #next: number
  readonly #perNotification: number

  constructor({ outbox }: JournalRow, outputs: readonly Output[]) {
    const [first, last] = outbox ?? [0, -1]
    const requests = outputs.filter(({ type }) => type === 'acd').length
    const published = outputs.filter(({ type }) => type === 'publish').length
    this.#next = first
    this.#perNotification = published === 0 ? 0 : Math.floor((last - first + 1 - requests) / published)
  }

  of(output: Output): readonly number[] {
    const count = output.type === 'acd' ? 1 : this.#perNotification
    const numbers = Array.from({ length: Math.max(0, count) }, (_, index) => this.#next + index)
    this.#next += numbers.length
    return numbers
  }
}

function sent(
  { notification }: Published,
  numbers: readonly number[],
  aggregate: string,
  after: Picture | undefined,
  outbox: Outbox,
  names: Names,
): readonly Sent[] {
  const { node, event, source, requestId, value } = notification
  const what = { node, event, source, requestId, text: valueWords(value, names) }
  const { storeId, lanes } = outbox
  const sides = after?.setup.sides ?? []
  if (numbers.length === 0) return [{ itemId: null, side: null, ...what, delivery: 'unattended' }]
  return numbers.map((number, index) => {
    const known = sides.find((side) => lanes.get(number) === laneOf(side, aggregate))
    const side = known ?? (numbers.length === sides.length ? (sides[index] ?? null) : null)
    return { itemId: itemIdOf(storeId, number), side, ...what, delivery: delivered(number, node, side, after, outbox) }
  })
}

function delivered(
  number: number,
  node: string,
  side: Side | null,
  after: Picture | undefined,
  { waiting, missed }: Outbox,
): Delivered {
  if (waiting.has(number)) return 'waiting'
  const isOwn = after !== undefined && isNodeOf(after.setup.profile.id, node)
  if (!isOwn) return 'delivered'
  if (missed.has(number)) return 'missed'
  const sides = after.setup.sides.filter((each) => side === null || each === side)
  return sides.some((each) => isOwed(after, each)) ? 'delivered' : 'unowed'
}

/**
 * Whether the user must get notifications of this side: a session exists, or presence is unknown, or notifications wait
 * for the user.
 */
function isOwed({ presence, awaited }: Picture, side: Side): boolean {
  const { state } = presence[side] ?? {}
  return state === 'PRESENT' || state === 'UNKNOWN' || awaited.includes(side)
}

function refused({ notification }: Published): readonly Refused[] {
  const { value, source, requestId } = notification
  return value.kind === 'failure' ? [{ ...refusedBy(value.failure), failure: value.failure, source, requestId }] : []
}

/** The content of a notification in a few words. */
export function valueWords<Kind extends PublishedValue['kind']>(
  value: OfKind<PublishedValue, Kind, 'kind'>,
  names: Names,
): string {
  return VALUES[value.kind](value, names)
}

const VALUES: ByKind<PublishedValue, [names: Names], string, 'kind'> = {
  user: (value) => {
    const reason = value.reason ? ` (${value.reason.label})` : ''
    return `agent ${value.id} is ${value.state}${reason}${value.pendingState === '' ? '' : `, then ${value.pendingState}`}`
  },
  media: (value, names) =>
    `${names.mrd(value.id)} is ${value.status?.state ?? 'not for this agent'}${value.status?.routable === false && value.status.state !== 'LOGOUT' ? ', not routable' : ''}`,
  task: (value) =>
    `dialog ${value.id} is ${value.state}${value.dispositionCode === '' ? '' : ` ${value.dispositionCode}`}`,
  call: (value) => `call ${value.id} is ${value.state}`,
  queue: (value) => `queue ${value.id} (${value.name})`,
  queues: (value) => `queues ${value.queues.map(({ id }) => id).join(', ')} of agent ${value.user}`,
  systemInfo: (value) =>
    `side ${value.side} is ${value.status}${value.statusReason === '' ? '' : `: ${value.statusReason}`}`,
  teamMessage: (value) => `message ${value.id} to teams ${value.teams.join(', ')}`,
  failure: (value) => `error ${value.failure}`,
}

type ToAcd = AcdRequest | AcdCallRequest

/** Describes a request to the external ACD. */
export function requestWords<Kind extends ToAcd['type']>(request: OfKind<ToAcd, Kind>): string {
  return REQUESTS[request.type](request)
}

const REQUESTS: ByKind<ToAcd, [], string> = {
  accepted: (request) => `task ${request.task} was accepted as dialog ${request.dialog}`,
  refused: (request) => `task ${request.task} cannot be taken: ${NOT_ELIGIBLE[request.reason].text}`,
  handled: (request) => `task ${request.task} is done`,
  resubmit: (request) => `task ${request.task} is to go back to ${request.scriptSelector}`,
  cancelResubmission: (request) => `task ${request.task} stays with its agent after all`,
  ended: (request) => `task ${request.task} ended without service`,
  availability: (request) => `availability of agent ${request.user}`,
  callAvailability: (request) => `availability of agent ${request.user} for calls`,
  callRefused: (request) => `call ${request.call} of the ACD cannot be taken`,
  callAnswered: (request) => `call ${request.call} of the ACD was answered as dialog ${request.dialog}`,
  callNotAnswered: (request) => `call ${request.call} of the ACD was not answered`,
  dialled: (request) => `the ACD is to call a number outside, as ${request.call}`,
  callChanged: (request) => `who is on call ${request.dialog}`,
  callOver: (request) => `call ${request.call} of the ACD is over`,
}
