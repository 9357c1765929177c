/** The last values of calls that are over, because their aggregates are deleted. In memory only. */
import { callView, type OfCampaign } from '../../../machines/index.ts'
import type { Behaviour } from '../aggregate/behaviour.ts'
import { CallBehaviour } from '../aggregate/call/behaviour.ts'
import { callValue } from '../aggregate/user/values.ts'
import { erasedText, withoutValue } from '../erasure/erase.ts'
import { asJson } from '../json.ts'
import type { Json } from '../ports.ts'
import type { CallDialogValue } from '../values.ts'

/** The number of calls that are kept, for `GET /acd/calls/{id}`. */
const CALLS_KEPT = 1000

/** The number that an agent has dialled, without the number itself. */
const erasedNumbers = ({ toAddress, dnis, dialedNumber }: CallDialogValue) => ({
  toAddress: erasedText(toAddress),
  dnis: erasedText(dnis),
  dialedNumber: erasedText(dialedNumber),
})

/** Has an agent of the call made it? */
const isOfAgent = ({ participants, fromAddress }: CallDialogValue): boolean =>
  participants.some(({ user, mediaAddress }) => user !== undefined && mediaAddress === fromAddress)

const isToOutside = ({ callType, queue, campaign }: CallDialogValue): boolean =>
  callType === 'OUT' || campaign?.part === 'customer' || (callType === 'CONSULT' && queue === undefined)

/** What the call was to its campaign, without the number of a callback. */
function withoutCallback({ callback, ...campaign }: OfCampaign): OfCampaign {
  if (callback?.callbackNumber === undefined) return { ...campaign, ...(callback ? { callback } : {}) }
  return { ...campaign, callback: { ...callback, callbackNumber: erasedText(callback.callbackNumber) } }
}

export class PastCalls {
  readonly #calls = new Map<string, CallDialogValue>()

  get(id: string): CallDialogValue | undefined {
    return this.#calls.get(id)
  }

  /**
   * Keeps the calls among `touched` that are over. To be called after a commit, with the aggregates that took steps.
   */
  look(touched: Iterable<{ readonly behaviour: Behaviour }>): void {
    for (const { behaviour } of touched) {
      if (!(behaviour instanceof CallBehaviour) || !behaviour.finished) continue
      const { snapshot } = behaviour
      // Without legs the arrival failed, so there never was a call.
      if (Object.keys(snapshot.context.legs).length > 0) this.remember(callValue(callView(snapshot)))
    }
  }

  remember(value: CallDialogValue): void {
    this.#calls.set(value.id, value)
    const [oldest] = this.#calls.keys()
    if (this.#calls.size > CALLS_KEPT && oldest !== undefined) this.#calls.delete(oldest)
  }

  *values(): Generator<Json> {
    for (const call of this.#calls.values()) yield asJson(call)
  }

  /** Replaces the personal data of these calls. */
  erase(ids: ReadonlySet<string>): void {
    for (const [id, call] of this.#calls)
      if (ids.has(id))
        this.#calls.set(id, {
          ...call,
          fromAddress: isOfAgent(call) ? call.fromAddress : erasedText(call.fromAddress),
          ...(call.campaign ? { campaign: withoutCallback(call.campaign) } : {}),
          ...(isToOutside(call) ? erasedNumbers(call) : {}),
          variables: call.variables.map(withoutValue),
          participants: call.participants.map((party) =>
            party.user === undefined ? { ...party, mediaAddress: erasedText(party.mediaAddress) } : party,
          ),
        })
  }
}
