/** What an ACD outside tells the engine, as inputs of the users concerned. */
import type { Aggregates } from './aggregates.ts'
import { EngineUnavailable } from './api.ts'
import type { Giving, Reply } from './inbox.ts'
import type { Input } from './input.ts'
import type { AcdEvents } from './ports.ts'

type Submit = (aggregate: string, input: Input, giving: Giving) => Promise<Reply>

/** Every promise rejects when nothing was committed: for an unknown user, and with `EngineUnavailable`. */
export function createAcdEvents(aggregates: Aggregates, submit: Submit): AcdEvents {
  const tell = async (user: string, event: Extract<Input, { kind: 'acd' }>['event']) => {
    if (!aggregates.user(user)) throw new Error(`there is no user ${user}`)
    const reply = await submit(`user/${user}`, { kind: 'acd', event }, { origin: { via: 'acd' } })
    if (reply.failed !== undefined) throw new EngineUnavailable(reply.failed)
  }
  return {
    offer: (user, offer, task) => {
      const { id, mrd, scriptSelector, variables, queueNumber = '', queueName = '', associatedDialog = '' } = task
      const facts = { id, scriptSelector, variables, queueNumber, queueName, associatedDialog }
      return tell(user, { type: 'offer', mrd, offer, task: facts })
    },
    cancel: (user, task) => tell(user, { type: 'customerCancels', task }),
    resubmitted: (user, dialog, result) => {
      const mrd = dialog.split('_')[2] ?? ''
      const { attempt = null } = result
      if (!result.ok) return tell(user, { type: 'resubmissionRefused', mrd, dialog, reason: result.reason, attempt })
      return tell(user, { type: 'resubmitted', mrd, dialog, task: result.task, attempt })
    },
  }
}
