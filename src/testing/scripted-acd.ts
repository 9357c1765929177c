/** An ACD for tests: offers tasks and calls when the test says so, and records the engine's requests. */
import type { AcdCall, AcdCallRequest, AcdEvents, AcdPort, AcdRequest, AcdTask, FarEndState } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'

/** How a scripted ACD answers a resubmission that an agent asked for (TRANSFER). */
export type TransferAnswer = 'confirm' | 'refuse' | 'silence'

/** How numbers outside answer. `silence`: the ACD says nothing, until the test calls `farEnd`. */
export type NumberAnswer = FarEndState | 'silence'

/** An ACD that a test controls. Pass it to `createEngine`. */
export interface ScriptedAcd extends AcdPort {
  /** All requests so far, oldest first. */
  readonly requests: readonly AcdRequest[]
  /** All requests about calls so far, oldest first. */
  readonly callRequests: readonly AcdCallRequest[]
  /** The requests of one type, oldest first. */
  heard<T extends AcdRequest['type']>(type: T): readonly Extract<AcdRequest, { type: T }>[]
  /** The requests of one type about calls, oldest first. */
  heardOfCalls<T extends AcdCallRequest['type']>(type: T): readonly Extract<AcdCallRequest, { type: T }>[]
  /** Offers a task to a user. Resolves when the engine has committed it. Offer ids are `offer-1`, `offer-2`, … */
  offer(user: string, task: Pick<AcdTask, 'id' | 'mrd' | 'scriptSelector'> & Partial<AcdTask>): Promise<void>
  /** Cancels a task, as when its customer gives up. */
  cancel(user: string, task: string): Promise<void>
  /** Offers a call to a user. Resolves when the engine has committed it. Offer ids are counted with those of tasks. */
  offerCall(user: string, call: Pick<AcdCall, 'id' | 'from' | 'to'> & Partial<AcdCall>): Promise<void>
  /** Says what a party outside does: a caller, or a number that an agent has dialled. */
  farEnd(call: string, state: FarEndState): Promise<void>
}

export interface ScriptedAcdOptions {
  /** The answer to each transfer; `confirm` when left out. */
  readonly transfers?: TransferAnswer | undefined
  /** How each number outside answers. Without it the ACD has no calls. */
  readonly numbers?: NumberAnswer | undefined
}

/** Creates a scripted ACD. */
export function scriptedAcd(options: ScriptedAcdOptions = {}): ScriptedAcd {
  const { transfers = 'confirm', numbers } = options
  const requests: AcdRequest[] = []
  const callRequests: AcdCallRequest[] = []
  let events: AcdEvents | undefined
  let offers = 0
  const engine = (): AcdEvents => {
    if (!events) throw new InvalidArgument('give this ACD to createEngine first')
    return events
  }
  const nextOffer = () => {
    offers += 1
    return `offer-${offers}`
  }

  return {
    requests,
    callRequests,
    heard: (type) => requests.filter((request) => isOfType(request, type)),
    heardOfCalls: (type) => callRequests.filter((request) => isOfType(request, type)),
    start: (given) => {
      events = given
    },
    async request(request) {
      requests.push(request)
      if (request.type !== 'resubmit' || request.cause !== 'TRANSFER' || transfers === 'silence') return
      const { user, dialog, task } = request
      const result =
        transfers === 'confirm' ? ({ ok: true, task } as const) : ({ ok: false, reason: 'refused by script' } as const)
      await engine().resubmitted(user, dialog, result)
    },
    ...(numbers === undefined
      ? {}
      : {
          async callRequest(request: AcdCallRequest) {
            callRequests.push(request)
            if (request.type === 'dialled' && numbers !== 'silence') await engine().farEnd(request.call, numbers)
          },
        }),
    offer: (user, task) => engine().offer(user, nextOffer(), { variables: [], ...task }),
    cancel: (user, task) => engine().cancel(user, task),
    offerCall: (user, call) => engine().offerCall(user, nextOffer(), { variables: [], ...call }),
    farEnd: (call, state) => engine().farEnd(call, state),
  }
}

function isOfType<R extends AcdRequest | AcdCallRequest, T extends R['type']>(
  request: R,
  type: T,
): request is Extract<R, { type: T }> {
  return request.type === type
}
