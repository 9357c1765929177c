/** An ACD for tests: offers tasks when the test says so, and records the engine's requests. */
import type { AcdEvents, AcdPort, AcdRequest, AcdTask } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'

/** How a scripted ACD answers a resubmission that an agent asked for (TRANSFER). */
export type TransferAnswer = 'confirm' | 'refuse' | 'silence'

/** An ACD that a test controls. Pass it to `createEngine`. */
export interface ScriptedAcd extends AcdPort {
  /** All requests so far, oldest first. */
  readonly requests: readonly AcdRequest[]
  /** The requests of one type, oldest first. */
  heard<T extends AcdRequest['type']>(type: T): readonly Extract<AcdRequest, { type: T }>[]
  /** Offers a task to a user. Resolves when the engine has committed it. Offer ids are `offer-1`, `offer-2`, … */
  offer(user: string, task: Pick<AcdTask, 'id' | 'mrd' | 'scriptSelector'> & Partial<AcdTask>): Promise<void>
  /** Cancels a task, as when its customer gives up. */
  cancel(user: string, task: string): Promise<void>
}

/** Creates a scripted ACD. `transfers`: its answer to each transfer; `confirm` when left out. */
export function scriptedAcd(options: { readonly transfers?: TransferAnswer | undefined } = {}): ScriptedAcd {
  const { transfers = 'confirm' } = options
  const requests: AcdRequest[] = []
  let events: AcdEvents | undefined
  let offers = 0
  const engine = (): AcdEvents => {
    if (!events) throw new InvalidArgument('give this ACD to createEngine first')
    return events
  }

  return {
    requests,
    heard: (type) => requests.filter((request) => isOfType(request, type)),
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
    offer: (user, task) => {
      offers += 1
      return engine().offer(user, `offer-${offers}`, { variables: [], ...task })
    },
    cancel: (user, task) => engine().cancel(user, task),
  }
}

function isOfType<T extends AcdRequest['type']>(
  request: AcdRequest,
  type: T,
): request is Extract<AcdRequest, { type: T }> {
  return request.type === type
}
