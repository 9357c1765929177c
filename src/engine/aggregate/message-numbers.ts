/**
 * Messages between aggregates are numbered for each pair of aggregates, so that the receiver can drop a duplicate.
 */
import type { Input } from '../input.ts'
import type { Output } from '../output.ts'

/** A message with its receiver and its number for this pair of aggregates. */
export interface Envelope {
  readonly to: string
  readonly input: Extract<Input, { kind: 'message' }>
}

/** Numbers are kept for at most this many calls, because new calls come all the time. */
const CALL_PEERS_MAX = 256

/** The number of the last message to and from each other aggregate. */
export class MessageNumbers {
  readonly #sent: Map<string, number>
  readonly #received: Map<string, number>

  constructor(sent: Readonly<Record<string, number>> = {}, received: Readonly<Record<string, number>> = {}) {
    this.#sent = new Map(Object.entries(sent))
    this.#received = new Map(Object.entries(received))
  }

  /** False for a duplicate. */
  isNew({ from, number }: Envelope['input']): boolean {
    return number > (this.#received.get(from) ?? 0)
  }

  take({ from, number }: Envelope['input']): void {
    keep(this.#received, from, number)
  }

  /** Counts the messages that a step sends. */
  count(outputs: readonly Output[]): void {
    for (const output of outputs)
      if (output.type === 'send') keep(this.#sent, output.to, (this.#sent.get(output.to) ?? 0) + 1)
  }

  /**
   * The messages of `from` in envelopes. `count` must have counted them before: they get the last numbers, in order.
   */
  route(from: string, outputs: readonly Output[]): readonly Envelope[] {
    const totals = new Map<string, number>()
    for (const output of outputs) if (output.type === 'send') totals.set(output.to, (totals.get(output.to) ?? 0) + 1)
    const messages: Envelope[] = []
    for (const output of outputs) {
      if (output.type !== 'send') continue
      const { to, body } = output
      const left = totals.get(to) ?? 1
      totals.set(to, left - 1)
      const number = (this.#sent.get(to) ?? 0) - left + 1
      messages.push({ to, input: { kind: 'message', from, number, body } })
    }
    return messages
  }

  toJson() {
    return { sent: Object.fromEntries(this.#sent), received: Object.fromEntries(this.#received) }
  }
}

/** Stores a number. Drops the oldest call if there are too many peers. */
function keep(numbers: Map<string, number>, peer: string, number: number): void {
  const isNew = !numbers.has(peer)
  numbers.set(peer, number)
  if (!isNew || !peer.startsWith('call/') || numbers.size <= CALL_PEERS_MAX) return
  for (const known of numbers.keys()) {
    if (!known.startsWith('call/')) continue
    numbers.delete(known)
    return
  }
}
