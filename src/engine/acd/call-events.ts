/** Events of an external ACD about calls, as inputs of the queue that knows in which dialog each of them is. */
import { lookup } from '../../directory/lookup.ts'
import { VOICE_MRD } from '../../directory/model.ts'
import { type CodeOf, InvalidArgument } from '../../errors/mrdian-error.ts'
import { wrapUpAfter } from '../aggregate/call/wrap-up.ts'
import type { UserBehaviour } from '../aggregate/user/behaviour.ts'
import { EngineUnavailable } from '../api.ts'
import type { AcdCallInput } from '../input.ts'
import type { AcdCall, AcdCallEvents } from '../ports.ts'
import { AcdEventRefused, checkFarEnd, checkOfferedCall, checkUser } from './checks.ts'
import type { AcdEventsParts } from './events.ts'

/** What the queue may refuse: what it is about, and a sentence. */
const REFUSED = {
  UNKNOWN_CALL: ['call', 'there is no such call'],
  DUPLICATE_CALL: ['call.id', 'the call is open by another offer'],
  TOO_MANY_CALLS: ['call.id', 'too many calls are open'],
} as const satisfies Partial<Record<CodeOf<'AcdEventRefused'>, readonly [string, string]>>

const isRefusal = (code: string): code is keyof typeof REFUSED => Object.hasOwn(REFUSED, code)

/** The sentence does not quote what the ACD gave, because a number may be personal. */
function refusal(code: string): Error {
  if (!isRefusal(code)) return new EngineUnavailable(code, 'FAILED')
  const [about, message] = REFUSED[code]
  return new AcdEventRefused(code, about, message)
}

export function createAcdCallEvents(parts: AcdEventsParts): AcdCallEvents {
  const { aggregates, inForce, hasCalls, submit, isDraining } = parts
  const tell = async (event: AcdCallInput) => {
    if (!hasCalls) throw new InvalidArgument('an AcdPort has calls only if it has the function `callRequest`')
    const reply = await submit(`queue/${VOICE_MRD}`, { kind: 'acdCall', event }, { origin: { via: 'acd' } })
    if (reply.failed !== undefined) throw new EngineUnavailable(reply.failed, 'FAILED')
    if (reply.refused !== undefined) throw refusal(reply.refused)
  }
  return {
    offerCall: async (user, offer, call) => {
      checkUser(aggregates, user)
      checkOfferedCall(offer, call)
      if (isDraining()) throw new EngineUnavailable(DRAINING, 'DRAINING')
      const { settings } = inForce.current
      const wrapUp = wrapUpAfter(lookup(inForce.current).user(user)?.settings.wrapUpOnIncoming ?? 'NOT_ALLOWED')
      const ringMs = settings.callRingSeconds * 1000
      const { from, variables } = call
      const to = extensionOf(aggregates.user(user))
      await tell({ type: 'offerCall', from, to, user, variables, wrapUp, ringMs, acd: offered(offer, call) })
    },
    farEnd: async (call, state) => {
      checkFarEnd(call, state)
      await tell({ type: 'farEnd', call, state })
    },
  }
}

const DRAINING = 'the engine is draining: no call is offered until that is over'

/** Where the user is signed in. A user who is not gets no call at any extension. */
const extensionOf = (user: UserBehaviour | undefined): string => {
  const own = user?.snapshot.context.extension ?? ''
  return own === '' ? (user?.setup.config.extensions[0] ?? '') : own
}

function offered(offer: string, { id, to, callType, queueNumber = '', queueName = '' }: AcdCall) {
  const queue = queueNumber === '' ? undefined : { number: queueNumber, name: queueName }
  const type = callType ?? (queue ? 'PREROUTE_ACD_IN' : 'OTHER_IN')
  return { offer, call: id, dialled: to, callType: type, ...(queue ? { queue } : {}) }
}
