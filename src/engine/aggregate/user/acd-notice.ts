/** Notices of a user to the ACD: a message to the queue of the task, or a request to the external ACD. */
import type { AcdNotice } from '../../../../machines/effects.ts'
import type { Message } from '../../input.ts'
import type { Output } from '../../output.ts'
import type { AcdRequest } from '../../ports.ts'
import { mrdOfTask } from '../queue/tasks.ts'
import type { UserSetup } from './setup.ts'

export function acdOutputs(user: string, notice: AcdNotice, acd: UserSetup['acd']): readonly Output[] {
  if (acd === 'built-in') return [{ type: 'send', to: `queue/${mrdOfTask(notice.task)}`, body: message(user, notice) }]
  const request = requestOf(user, notice)
  return request ? [{ type: 'acd', request }] : []
}

/** The queue gets less than an external ACD: it knows the agent and the dialog of each of its tasks. */
function message(user: string, notice: AcdNotice): Message {
  const { task } = notice
  switch (notice.ask) {
    case 'offered':
      return { type: 'offered', user, task, offer: notice.offer, dialog: notice.dialog }
    case 'accepted':
      return { type: 'accepted', user, task, offer: notice.offer }
    case 'handled':
      return { type: 'handled', task }
    case 'cancelResubmission':
      return { type: 'cancelResubmission', task, attempt: notice.attempt }
    case 'ended':
      return { type: 'ended', task, cause: notice.cause }
    case 'refused':
    case 'resubmit':
      return givenBack(user, notice)
  }
}

function requestOf(user: string, notice: AcdNotice): AcdRequest | undefined {
  const { task } = notice
  switch (notice.ask) {
    case 'offered':
      return undefined // the external ACD made the offer itself
    case 'accepted':
      return { type: 'accepted', user, task, offer: notice.offer, dialog: notice.dialog }
    case 'handled':
      return { type: 'handled', user, task, dialog: notice.dialog }
    case 'cancelResubmission':
      return { type: 'cancelResubmission', user, task, dialog: notice.dialog, attempt: notice.attempt }
    case 'ended':
      return { type: 'ended', user, task, dialog: notice.dialog, cause: notice.cause }
    case 'refused':
    case 'resubmit':
      return givenBack(user, notice)
  }
}

/** A task that the agent gives back, which every ACD has to give to somebody else. */
function givenBack(
  user: string,
  notice: Extract<AcdNotice, { ask: 'refused' | 'resubmit' }>,
): Extract<AcdRequest, { type: 'refused' | 'resubmit' }> {
  const { task } = notice
  if (notice.ask === 'refused') return { type: 'refused', user, task, offer: notice.offer, reason: notice.reason }
  const { dialog, scriptSelector, cause, attempt } = notice
  return { type: 'resubmit', user, task, dialog, scriptSelector, cause, attempt }
}
