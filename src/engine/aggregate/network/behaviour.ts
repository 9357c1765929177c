/** The aggregate of the network outside, of which there is one: how the numbers there answer calls. */
import type { NumberNews } from '../../../../machines/index.ts'
import type { Input } from '../../input.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import { asJson } from '../../json.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import type { NetworkValue, OutsideNumber } from '../../values.ts'
import type { Behaviour } from '../behaviour.ts'

/** Id of the aggregate. */
export const NETWORK = 'network/outside'

/** How numbers answer unless they are told otherwise: after five seconds, and they talk until the caller hangs up. */
export const ORDINARY: NetworkValue = { default: { outcome: 'answer', ringSeconds: 5, talkSeconds: null }, numbers: {} }

export class NetworkBehaviour implements Behaviour {
  readonly finished = false
  #value: NetworkValue

  constructor(state?: Json) {
    this.#value = state === undefined ? ORDINARY : readState(state)
  }

  get value(): NetworkValue {
    return this.#value
  }

  get inspected(): Inspectable {
    return { kind: 'plain', state: this.#value }
  }

  step(input: Input): readonly Output[] {
    if (input.kind === 'message' && input.body.type === 'dialled')
      return [answer(input.from, input.body, this.#newsOf(input.body.number))]
    if (input.kind !== 'network') throw new Error(`the network outside takes no ${input.kind}`)
    const { default: ordinary = this.#value.default, numbers = {} } = input.change
    const changed: Record<string, OutsideNumber> = { ...this.#value.numbers }
    for (const [number, behaviour] of Object.entries(numbers)) {
      if (behaviour === null) delete changed[number]
      else changed[number] = behaviour
    }
    this.#value = { default: ordinary, numbers: changed }
    return []
  }

  /** The call hears that the number is bad. Without an answer it would wait for ever. */
  afterFailure(input: Input): readonly Output[] {
    if (input.kind !== 'message' || input.body.type !== 'dialled') return []
    return [answer(input.from, input.body, { outcome: 'BAD_DESTINATION' })]
  }

  #newsOf(number: string): NumberNews {
    const { default: ordinary, numbers } = this.#value
    const behaviour = Object.hasOwn(numbers, number) ? numbers[number] : undefined
    return newsOf(behaviour ?? ordinary)
  }

  persist(): Json {
    return asJson(this.#value)
  }
}

/** The answer about a number, for the line of a dialler, or the call of a mobile agent, that it is about. */
const answer = (
  to: string,
  { line, dialog }: { readonly line?: number; readonly dialog?: string },
  number: NumberNews,
): Output => ({
  type: 'send',
  to,
  body: {
    type: 'numberIs',
    number,
    ...(line === undefined ? {} : { line }),
    ...(dialog === undefined ? {} : { dialog }),
  },
})

/** How long a number rings at which nobody answers, in milliseconds. No call rings for ever. */
export const RINGS_AT_MOST_MS = 180_000

const ms = (seconds: number): number => seconds * 1000

function newsOf(number: OutsideNumber): NumberNews {
  switch (number.outcome) {
    case 'answer': {
      const { ringSeconds, talkSeconds } = number
      const talkMs = talkSeconds === null ? null : ms(talkSeconds)
      return { outcome: 'RINGS', ringMs: ms(ringSeconds), answers: true, talkMs }
    }
    case 'no-answer':
      return { outcome: 'RINGS', ringMs: RINGS_AT_MOST_MS, answers: false, talkMs: null }
    case 'busy':
      return { outcome: 'BUSY' }
    case 'bad-number':
      return { outcome: 'BAD_DESTINATION' }
  }
}

function readState(state: Json): NetworkValue {
  if (isNetwork(state)) return state
  throw new Error('snapshot of the network outside cannot be read')
}

/** It checks little, because the machine version fixes the form. */
const isNetwork = (value: unknown): value is NetworkValue =>
  typeof value === 'object' && value !== null && 'default' in value && 'numbers' in value
