/** Makes the answers to commands. */

import { type CodeOf, errorText } from '../../errors/index.ts'
import type { ByKind, OfKind } from '../by-type.ts'
import type { Answer, Command, Done, Outcome, Overtaken, Refused, Rejected } from '../commands.ts'
import type { Reply } from '../input/inbox.ts'
import type { Refusal } from '../output.ts'
import type { RefusedBefore } from './once.ts'
import type { RefusedIn } from './standing.ts'

export const DONE: Done = { accepted: true, outcome: 'DONE' }

export function rejected(code: CodeOf<'Rejected'>, about: string): Rejected {
  return { accepted: false, outcome: 'REJECTED', code, message: errorText(code), about }
}

export function refused({ failure: code, detail: about }: Refusal): Refused {
  return { accepted: true, outcome: 'REFUSED', code, message: errorText(code), about }
}

export const overtaken = (message: string): Overtaken => ({ accepted: true, outcome: 'OVERTAKEN', message })

type Transfer = Extract<Command, { type: 'dialog.act' }> & { readonly action: 'TRANSFER' }

/** Is this a transfer? The ACD may answer it later, after the commit of the command. */
export const isTransfer = (command: Command): command is Transfer =>
  command.type === 'dialog.act' && command.action === 'TRANSFER'

/** The answer that follows from the committed step of a command. */
export function answerTo(command: Command, { failed, rejected: conflict, isOver, refusals = [] }: Reply): Answer {
  // As if it had come after the commit of the other command that ended the call.
  if (isOver && 'dialog' in command) return rejected('DIALOG_NOT_FOUND', command.dialog)
  if (failed !== undefined) return rejected('INTERNAL_ERROR', '')
  if (conflict) return rejected(conflict, 'state')
  // The same cascade may have refusals for other users. They are not part of this answer.
  const refusal = refusals.find(({ aggregate }) => aggregate === `user/${command.user}`)
  return refusal ? withState(command, refused(refusal), refusal.refusedIn) : DONE
}

/** The answer to a command that was accepted before. */
export function answeredAgain(command: Command, before: RefusedBefore | undefined): Outcome {
  if (!before) return DONE
  const { code, about, state, allowed } = before
  const answer: Refused = { accepted: true, outcome: 'REFUSED', code, message: errorText(code), about }
  return withState(command, answer, state && allowed && { state, allowed })
}

/** Adds the state to a refusal, and a sentence about it if the state does not allow what was requested. */
function withState(command: Command, answer: Refused, known: RefusedIn | undefined): Refused {
  if (!known) return answer
  const { state, allowed } = known
  const requested = requestIn(command)
  if (allowed.includes(requested)) return { ...answer, state, allowed }
  const list = allowed.length === 0 ? 'nothing' : allowed.join(', ')
  return {
    ...answer,
    message: `${answer.message} ${requested} was requested in ${state}, which allows ${list}.`,
    state,
    allowed,
  }
}

/** What the command asks for, by the name that `Refused.allowed` uses. */
function requestIn<Kind extends Command['type']>(command: OfKind<Command, Kind>): string {
  return REQUESTED[command.type](command)
}

const REQUESTED: ByKind<Command, [], string> = {
  'user.signIn': () => 'LOGIN',
  'media.signIn': () => 'LOGIN',
  'user.setState': (command) => command.state,
  'media.setState': (command) => command.state,
  'media.setRoutable': (command) => (command.routable ? 'ROUTABLE' : 'NOT_ROUTABLE'),
  'dialog.act': (command) => command.action,
  'call.act': (command) => command.action,
  'call.join': (command) => command.action,
  'call.make': () => 'MAKE_CALL',
  'call.monitor': () => 'SILENT_MONITOR',
  'call.barge': () => 'BARGE_CALL',
  'call.consult': () => 'CONSULT_CALL',
  'call.transferTo': () => 'TRANSFER_SST',
  'call.dropParticipant': () => 'PARTICIPANT_DROP',
  'call.setData': () => 'UPDATE_CALL_DATA',
  'call.record': () => 'START_RECORDING',
  'call.sendDtmf': () => 'SEND_DTMF',
  'call.reclassify': () => 'RECLASSIFY',
  'call.setCallback': () => 'UPDATE_SCHEDULED_CALLBACK',
  'call.cancelCallback': () => 'CANCEL_SCHEDULED_CALLBACK',
}
