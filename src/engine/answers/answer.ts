/** Makes the answers to commands. */
import { type CodeOf, errorText } from '../../errors/index.ts'
import type { Answer, Command, Done, Overtaken, Refused, Rejected } from '../commands.ts'
import type { Reply } from '../input/inbox.ts'
import type { Refusal } from '../output.ts'

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
export function answerTo(command: Command, { failed, rejected: conflict, refusals = [] }: Reply): Answer {
  if (failed !== undefined) return rejected('INTERNAL_ERROR', '')
  if (conflict) return rejected(conflict, 'state')
  // The same cascade may have refusals for other users. They are not part of this answer.
  const refusal = refusals.find(({ aggregate }) => aggregate === `user/${command.user}`)
  return refusal ? refused(refusal) : DONE
}
