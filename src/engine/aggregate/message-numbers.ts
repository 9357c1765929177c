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

/**
 * An aggregate keeps the numbers of at most this many calls, because new calls come all the time. What it has forgotten
 * only costs the check for duplicates: numbers are never given again.
 */
const CALL_PEERS_MAX = 256

/** The number of the last message to and from each other aggregate. */
export class MessageNumbers {
  readonly #sent: Numbers
  readonly #received: Numbers
  /**
   * The highest number that was sent to a call whose number is forgotten. Such a call may still be open, for example
   * when it has waited in a queue for a long time. So the numbers of a call that is not known begin after this one, and
   * the call never takes a new message for an old one.
   */
  #forgotten: number

  constructor({ sent = {}, received = {}, forgotten = 0 }: StoredNumbers = {}) {
    this.#sent = new Numbers(sent)
    this.#received = new Numbers(received)
    this.#forgotten = forgotten
  }

  /** False for a duplicate. */
  isNew({ from, number }: Envelope['input']): boolean {
    return number > (this.#received.of(from) ?? 0)
  }

  take({ from, number }: Envelope['input']): void {
    this.#received.keep(from, number)
  }

  /** Counts the messages that a step sends. */
  count(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type !== 'send') continue
      const { to } = output
      const dropped = this.#sent.keep(to, (this.#sent.of(to) ?? this.#before(to)) + 1)
      this.#forgotten = Math.max(this.#forgotten, dropped)
    }
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
      const number = (this.#sent.of(to) ?? 0) - left + 1
      messages.push({ to, input: { kind: 'message', from, number, body } })
    }
    return messages
  }

  toJson() {
    return {
      sent: this.#sent.toJson(),
      received: this.#received.toJson(),
      ...(this.#forgotten > 0 ? { forgotten: this.#forgotten } : {}),
    }
  }

  /** The number before the first one for a peer that is not known. */
  #before(peer: string): number {
    return isCall(peer) ? this.#forgotten : 0
  }
}

/** `MessageNumbers` in a snapshot. `forgotten` is absent if nothing was forgotten. */
export interface StoredNumbers {
  readonly sent?: Readonly<Record<string, number>>
  readonly received?: Readonly<Record<string, number>>
  readonly forgotten?: number
}

/** Has an aggregate with these `received` numbers got the message? True if it has forgotten the sender. */
export function mayHaveReceived(
  received: Readonly<Record<string, number>>,
  { from, number }: Pick<Envelope['input'], 'from' | 'number'>,
): boolean {
  if (Object.hasOwn(received, from)) return number <= Number(received[from])
  return isCall(from) && Object.keys(received).filter(isCall).length >= CALL_PEERS_MAX
}

const isCall = (peer: string): boolean => peer.startsWith('call/')

/** The last number of each peer. The calls that came first are forgotten if there are too many. */
class Numbers {
  readonly #last: Map<string, number>
  #calls: number

  constructor(last: Readonly<Record<string, number>>) {
    this.#last = new Map(Object.entries(last))
    this.#calls = [...this.#last.keys()].filter(isCall).length
  }

  of(peer: string): number | undefined {
    return this.#last.get(peer)
  }

  /** Returns the number that was forgotten for this one; 0 if there is none. */
  keep(peer: string, number: number): number {
    const isNewCall = isCall(peer) && !this.#last.has(peer)
    this.#last.set(peer, number)
    if (!isNewCall) return 0
    this.#calls += 1
    return this.#calls > CALL_PEERS_MAX ? this.#forgetOldest() : 0
  }

  toJson(): Record<string, number> {
    return Object.fromEntries(this.#last)
  }

  #forgetOldest(): number {
    for (const [peer, number] of this.#last) {
      if (!isCall(peer)) continue
      this.#last.delete(peer)
      this.#calls -= 1
      return number
    }
    return 0
  }
}
