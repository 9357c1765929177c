/**
 * The calls of an embedder's ACD: in which dialog each of them is. The queue of the voice MRD keeps them, because it gives
 * calls their ids. Each call tells it which parties outside it has, so that an event about a party reaches the right
 * call.
 */
import type { OfferedCall } from '../../../../machines/index.ts'
import type { FarEndState } from '../../call-port.ts'

/** Most open calls. */
const OPEN_MAX = 10_000
/** The number of past calls, and of past offers, that are remembered. */
const PAST_MAX = 1000

interface OpenCall {
  readonly dialog: string
  /** The offer that it comes from; `''` if an agent has dialled. */
  readonly offer: string
}

/** As a snapshot has it. */
export interface StoredAcdCalls {
  readonly open: readonly (readonly [string, OpenCall])[]
  readonly past: readonly string[]
  readonly offers: readonly string[]
}

/** What became of an offer: it is new, it was made before, or the ACD made a mistake. */
export type OfferVerdict = 'NEW' | 'REPEATED' | 'DUPLICATE_CALL' | 'TOO_MANY_CALLS'

export class AcdCalls {
  readonly #open: Map<string, OpenCall>
  readonly #past: Set<string>
  readonly #offers: Set<string>

  constructor({ open, past, offers }: StoredAcdCalls = { open: [], past: [], offers: [] }) {
    this.#open = new Map(open)
    this.#past = new Set(past)
    this.#offers = new Set(offers)
  }

  /** For a snapshot; `undefined` if there never was a call. */
  get stored(): StoredAcdCalls | undefined {
    if (this.#open.size + this.#past.size + this.#offers.size === 0) return undefined
    return { open: [...this.#open], past: [...this.#past], offers: [...this.#offers] }
  }

  judge({ offer, call }: OfferedCall): OfferVerdict {
    const known = this.#open.get(call)
    if (known ? known.offer === offer : this.#offers.has(offer)) return 'REPEATED'
    if (known) return 'DUPLICATE_CALL'
    return this.#open.size >= OPEN_MAX ? 'TOO_MANY_CALLS' : 'NEW'
  }

  add({ offer, call }: OfferedCall, dialog: string): void {
    this.#past.delete(call)
    remember(this.#offers, offer)
    this.#open.set(call, { dialog, offer })
  }

  /** Where the party is; `'OVER'` for one of the last that are gone. `undefined` for an unknown one. */
  dialogOf(call: string): string | 'OVER' | undefined {
    return this.#open.get(call)?.dialog ?? (this.#past.has(call) ? 'OVER' : undefined)
  }

  /** The party is in this dialog now. */
  move(call: string, dialog: string): void {
    this.#open.set(call, { dialog, offer: this.#open.get(call)?.offer ?? '' })
  }

  /** The party is gone from the dialog. If that never was a call for the agent, the same offer may be made again. */
  end(call: string, dialog: string, isRefused: boolean): void {
    const known = this.#open.get(call)
    if (known?.dialog !== dialog) return
    this.#open.delete(call)
    remember(this.#past, call)
    if (isRefused) this.#offers.delete(known.offer)
  }
}

function remember(some: Set<string>, one: string): void {
  some.delete(one)
  some.add(one)
  const [oldest] = some
  if (some.size > PAST_MAX && oldest !== undefined) some.delete(oldest)
}

const STATES: Readonly<Record<FarEndState, true>> = {
  RINGING: true,
  ANSWERED: true,
  BUSY: true,
  BAD_NUMBER: true,
  NO_ANSWER: true,
  FAILED: true,
  HUNG_UP: true,
}

export const isFarEndState = (value: string): value is FarEndState => Object.hasOwn(STATES, value)
