/** Events of an external ACD, as inputs of the users concerned. */

import type { Aggregates } from '../aggregate/aggregates.ts'
import { EngineUnavailable } from '../api.ts'
import type { DirectoryInForce } from '../configuration/directory-in-force.ts'
import type { Submit } from '../input/inbox.ts'
import type { Input } from '../input.ts'
import type { AcdEvents } from '../ports.ts'
import { createAcdCallEvents } from './call-events.ts'
import { checkAttempt, checkDialog, checkId, checkOffer, checkReason, checkUser } from './checks.ts'

const DRAINING = 'the engine is draining: nothing is offered until that is over'

export interface AcdEventsParts {
  readonly aggregates: Aggregates
  readonly inForce: Pick<DirectoryInForce, 'current'>
  /** The ACD has calls. */
  readonly hasCalls: boolean
  readonly submit: Submit
  isDraining(): boolean
}

/**
 * If nothing was committed, the promises reject with `AcdEventRefused` or `EngineUnavailable`. An offer during a drain
 * rejects with `EngineUnavailable` too.
 */
export function createAcdEvents(parts: AcdEventsParts): AcdEvents {
  const { aggregates, submit, isDraining } = parts
  const tell = async (user: string, event: Extract<Input, { kind: 'acd' }>['event']) => {
    const reply = await submit(`user/${user}`, { kind: 'acd', event }, { origin: { via: 'acd' } })
    if (reply.failed !== undefined) throw new EngineUnavailable(reply.failed, 'FAILED')
    return reply
  }
  return {
    ...createAcdCallEvents(parts),
    offer: async (user, offer, task) => {
      checkUser(aggregates, user)
      checkOffer(aggregates, user, offer, task)
      if (isDraining()) throw new EngineUnavailable(DRAINING, 'DRAINING')
      const { id, mrd, scriptSelector, variables, queueNumber = '', queueName = '', associatedDialog = '' } = task
      const facts = { id, scriptSelector, variables, queueNumber, queueName, associatedDialog }
      await tell(user, { type: 'offer', mrd, offer, task: facts })
    },
    cancel: async (user, task) => {
      checkUser(aggregates, user)
      checkId('task', task)
      await tell(user, { type: 'customerCancels', task })
    },
    resubmitted: async (user, dialog, result) => {
      checkUser(aggregates, user)
      const mrd = checkDialog(aggregates, user, dialog)
      const { attempt = null } = result
      checkAttempt(attempt)
      if (result.ok) checkId('task', result.task)
      else checkReason(result.reason)
      const answer = { mrd, dialog, attempt }
      const { transferResult } = result.ok
        ? await tell(user, { type: 'resubmitted', ...answer, task: result.task })
        : await tell(user, { type: 'resubmissionRefused', ...answer, reason: result.reason })
      // Without a step there was nothing to answer.
      return transferResult ?? 'LATE'
    },
  }
}
